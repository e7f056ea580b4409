use super::*;

fn cleaned(raw: &str) -> String {
    text::write(&clean(raw.as_bytes(), &Hints::default()).unwrap().record)
}

fn refused(raw: &[u8]) -> ReasonKind {
    clean(raw, &Hints::default()).unwrap_err().kind
}

#[test]
fn nothing_of_an_article_is_a_reason() {
    assert_eq!(refused(b""), ReasonKind::Empty);
    assert_eq!(refused(b" \n\t\n"), ReasonKind::Empty);
    assert_eq!(refused(b"A title alone"), ReasonKind::NoBody);
    assert_eq!(refused(b"A title\n20240502\nhttps://example.org/a\n"), ReasonKind::NoBody);
    assert_eq!(refused(&[0, 1, 2, 3, 159, 146, 150]), ReasonKind::Binary);
}

#[test]
fn caps_are_kept_quickly() {
    assert_eq!(refused(&vec![b'a'; 100 << 20]), ReasonKind::TooLarge);
    assert_eq!(refused("a b\n".repeat(1_000_000).as_bytes()), ReasonKind::TooComplex);
}

#[test]
fn the_text_form_comes_back_as_it_is() {
    let form = "Rain ends the drought\n20240502\nhttps://example.org/rain\n\
        It rained on Thursday for the first time in four months, the weather service said.\n\
        Farmers in the north had waited since January and lost a third of the early harvest.\n";
    assert_eq!(cleaned(form), form);
}

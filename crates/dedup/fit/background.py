#!/usr/bin/env python3
"""Makes ../src/stories/background.bin: how common words are. Its recipe is background.md there.

    pip install xxhash
    pip download --no-deps spacy-lookups-data==1.0.5 pyspellchecker==0.9.1 stopwordsiso==0.7.1
    background.py SPACY.whl SPELLCHECKER.whl STOPWORDS.whl ARTICLES.jsonl OUT.bin

ARTICLES.jsonl are English articles, one {"body": ...} a line.
"""
import gzip
import json
import math
import re
import sys
import unicodedata
import zipfile

import xxhash

# Terms kept of each language: those of its most common words. Where languages meet, the first
# one's share counts for all, and each other's own, if that is so far from it, for its texts alone.
APART = 15
SPACY = {"en": 50_000, "de": 12_000, "es": 12_000, "el": 4_000}
SPELLCHECKER = {"fr": 3_000, "it": 3_000, "pt": 3_000, "nl": 3_000, "ru": 4_000, "ar": 4_000,
                "fa": 1_500, "lv": 3_000, "eu": 2_000}
# Other languages: function words alone, all taken for equally common.
FUNCTION_WORDS = ["sv", "da", "no", "fi", "pl", "cs", "sk", "sl", "hr", "tr", "uk", "bg", "ro",
                  "hu", "id", "ms", "et", "lt", "ca", "gl", "he", "hi", "vi", "af", "sw", "tl"]
FUNCTION_SHARE = 0.1
# Words of a text that count: 400, half of them repetitions.
WORDS = 200
# Texts that the word lists count as beside the articles, and what an unlisted word starts from.
PRIOR, LEAST = 300, 0.00002

# Letters of a Greek or Cyrillic word.
STEM = 5

PLAIN = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ð": "d", "ı": "i", "þ": "th", "ß": "ss",
                       "æ": "ae", "œ": "oe"})


def term(word):
    """The term of a word as `words::normalise` gives it, None for more or less than one word."""
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", word).lower())
    if not folded or not all(c.isalnum() or unicodedata.category(c)[0] == "M" for c in folded):
        return None
    bare = "".join(c for c in unicodedata.normalize("NFD", folded) if not "\u0300" <= c <= "\u036f")
    bare = unicodedata.normalize("NFC", bare).translate(PLAIN)
    if not bare or any(is_unspaced(c) for c in bare):
        return None
    if not bare[0].isnumeric() and len(bare.encode()) > 3 and bare.endswith("s") and not bare.endswith("ss"):
        return bare[:-1]
    return bare[:STEM] if "\u0370" <= bare[0] <= "\u052f" else bare


def is_unspaced(c):
    c = ord(c)
    return 0x0E00 <= c <= 0x109F or 0x1780 <= c <= 0x17FF or 0x3040 <= c <= 0x30FF or 0x3400 <= c <= 0x9FFF


def shares(probabilities, most):
    """The share of texts with each term, of the most common ones."""
    sums = {}
    for word, probability in probabilities:
        key = term(word)
        if key:
            sums[key] = sums.get(key, 0.0) + probability
    common = sorted(sums.items(), key=lambda pair: (-pair[1], pair[0]))[:most]
    return {key: 1 - math.exp(-WORDS * probability) for key, probability in common}


def corrected(listed, articles):
    """The shares of English terms, nearer to what articles say."""
    counts, texts = {}, 0
    for line in open(articles, encoding="utf-8"):
        words = re.findall(r"[^\W_]+", json.loads(line)["body"])[:500]
        keys = {term(word) for word in words} - {None}
        if "the" in keys:
            texts += 1
            for key in keys:
                counts[key] = counts.get(key, 0) + 1
    keys = listed.keys() | counts.keys()
    return {k: (counts.get(k, 0) + PRIOR * listed.get(k, LEAST)) / (texts + PRIOR) for k in keys}


def code(share):
    return max(0, min(254, round(-math.log(share) * 20)))


def salt(lang):
    """What a language's own share of a word is found by, beside the word."""
    return (int.from_bytes(lang.encode(), "big") * 0x9E3779B1 & 0xFFFFFFFF) >> 8


def main(spacy, spellchecker, stopwords, articles, out):
    table, own = {}, {}

    def take(lang, found):
        own[lang] = found
        for key, share in found.items():
            table.setdefault(key, share)

    with zipfile.ZipFile(spacy) as wheel:
        for lang, most in SPACY.items():
            path = f"spacy_lookups_data/data/{lang}_lexeme_prob.json.gz"
            words = json.loads(gzip.decompress(wheel.read(path))).items()
            found = shares(((word, math.exp(log)) for word, log in words), 10**9 if lang == "en" else most)
            if lang == "en":
                found = corrected(found, articles)
                found = dict(sorted(found.items(), key=lambda pair: (-pair[1], pair[0]))[:most])
            take(lang, found)
    with zipfile.ZipFile(spellchecker) as wheel:
        for lang, most in SPELLCHECKER.items():
            counts = json.loads(gzip.decompress(wheel.read(f"spellchecker/resources/{lang}.json.gz")))
            all_words = sum(counts.values())
            take(lang, shares(((word, count / all_words) for word, count in counts.items()), most))
    with zipfile.ZipFile(stopwords) as wheel:
        lists = json.loads(wheel.read("stopwordsiso/stopwords-iso.json"))
        for lang in FUNCTION_WORDS:
            take(lang, {key: FUNCTION_SHARE for key in map(term, lists.get(lang, [])) if key})
    own["nb"] = own["no"]
    codes = {}

    def put(word, salt, share):
        key = (xxhash.xxh3_64_intdigest(word.encode()) ^ salt) & 0xFFFFFF
        codes[key] = min(code(share), codes.get(key, 255))

    for word, share in table.items():
        put(word, 0, share)
    for lang, found in own.items():
        listed = lang in SPACY or lang in SPELLCHECKER
        for word, share in found.items():
            differs = code(table[word]) - code(share)
            if differs >= APART or listed and -differs >= APART:
                put(word, salt(lang), share)
    keys = sorted(codes)
    with open(out, "wb") as file:
        file.write(b"".join(key.to_bytes(3, "big") for key in keys))
        file.write(bytes(codes[key] for key in keys))
    print(len(keys), "terms")


main(*sys.argv[1:])

//! What an origin says.

use std::time::Duration;

/// How the end of a body is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Framing {
    /// By `Content-Length`.
    #[default]
    Length,
    /// In chunks (RFC 9112 7.1).
    Chunked,
    /// By closing the connection, under an HTTP/1.0 status line.
    Close,
    /// By `Content-Length`, and the connection is closed afterwards without a word about it.
    SilentClose,
}

/// One step of a scripted answer.
#[derive(Debug, Clone)]
pub enum Step {
    /// Send these bytes.
    Send(Vec<u8>),
    /// Send the bytes so many times, until the client hangs up.
    Repeat(Vec<u8>, u64),
    /// Send one byte after another with a pause after each, until the client hangs up.
    Drip(Vec<u8>, Duration),
    /// Do nothing for a while.
    Pause(Duration),
    /// Do nothing until the client hangs up (at most a minute).
    Hang,
    /// Reset the connection.
    Reset,
}

/// One answer: a status with headers and a body, or a script.
#[derive(Debug, Clone)]
pub struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
    pub(crate) framing: Framing,
    pub(crate) delay: Duration,
    pub(crate) script: Option<Vec<Step>>,
}

impl Answer {
    /// An answer with this status and an empty body.
    #[must_use]
    pub fn status(status: u16) -> Self {
        Self {
            status,
            headers: Vec::new(),
            body: Vec::new(),
            framing: Framing::default(),
            delay: Duration::ZERO,
            script: None,
        }
    }

    /// 200 with a body of this media type.
    #[must_use]
    pub fn ok(media_type: &str, body: impl Into<Vec<u8>>) -> Self {
        Self::status(200).header("Content-Type", media_type).body(body)
    }

    /// 200 with an HTML page.
    #[must_use]
    pub fn html(body: impl Into<Vec<u8>>) -> Self {
        Self::ok("text/html; charset=utf-8", body)
    }

    /// 200 with an RSS feed.
    #[must_use]
    pub fn rss(body: impl Into<Vec<u8>>) -> Self {
        Self::ok("application/rss+xml; charset=utf-8", body)
    }

    /// 200 with plain text, as robots.txt is.
    #[must_use]
    pub fn text(body: impl Into<Vec<u8>>) -> Self {
        Self::ok("text/plain; charset=utf-8", body)
    }

    /// A redirect.
    #[must_use]
    pub fn redirect(status: u16, location: &str) -> Self {
        Self::status(status).header("Location", location)
    }

    /// An answer sent step by step, status line included; the connection is closed after the
    /// last step.
    #[must_use]
    pub fn script(steps: Vec<Step>) -> Self {
        Self { script: Some(steps), ..Self::status(200) }
    }

    /// Adds a header.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Sets the body.
    #[must_use]
    pub fn body(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.body = body.into();
        self
    }

    /// Sets how the end of the body is told.
    #[must_use]
    pub fn framing(mut self, framing: Framing) -> Self {
        self.framing = framing;
        self
    }

    /// Waits before the first byte.
    #[must_use]
    pub fn delay(mut self, delay: Duration) -> Self {
        self.delay = delay;
        self
    }

    /// May the connection carry another request after this answer?
    pub(crate) fn keeps_open(&self) -> bool {
        self.script.is_none() && matches!(self.framing, Framing::Length | Framing::Chunked)
    }

    /// The bytes of an answer that is not scripted.
    pub(crate) fn bytes(&self, keep_alive: bool) -> Vec<u8> {
        let version = if self.framing == Framing::Close { "1.0" } else { "1.1" };
        let mut head = vec![format!("HTTP/{version} {} {}", self.status, phrase(self.status))];
        head.extend(self.headers.iter().map(|(name, value)| format!("{name}: {value}")));
        match self.framing {
            _ if matches!(self.status, 204 | 304) => {}
            Framing::Length | Framing::SilentClose => {
                head.push(format!("Content-Length: {}", self.body.len()));
            }
            Framing::Chunked => head.push("Transfer-Encoding: chunked".to_owned()),
            Framing::Close => {}
        }
        if !keep_alive && self.framing != Framing::SilentClose {
            head.push("Connection: close".to_owned());
        }
        let mut out = (head.join("\r\n") + "\r\n\r\n").into_bytes();
        match self.framing {
            Framing::Chunked => {
                for piece in self.body.chunks(1000) {
                    out.extend_from_slice(format!("{:x}\r\n", piece.len()).as_bytes());
                    out.extend_from_slice(piece);
                    out.extend_from_slice(b"\r\n");
                }
                out.extend_from_slice(b"0\r\n\r\n");
            }
            _ => out.extend_from_slice(&self.body),
        }
        out
    }
}

fn phrase(status: u16) -> &'static str {
    match status {
        200 => "OK",
        301 => "Moved Permanently",
        302 => "Found",
        304 => "Not Modified",
        307 => "Temporary Redirect",
        308 => "Permanent Redirect",
        404 => "Not Found",
        410 => "Gone",
        429 => "Too Many Requests",
        500 => "Internal Server Error",
        503 => "Service Unavailable",
        _ => "Status",
    }
}

//! One connection: requests in, answers out.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::thread;
use std::time::{Duration, Instant};

use rustls::{ServerConnection, StreamOwned};

use crate::origin::Shared;
use crate::{Answer, Hit, Step};

/// How long an idle connection is kept, and the longest `Step::Hang`.
const PATIENCE: Duration = Duration::from_mins(1);
/// Request heads beyond this are hung up on.
const MAX_HEAD: u64 = 64 * 1024;

trait Stream: Read + Write {}
impl<T: Read + Write> Stream for T {}

/// Serves one connection until either side is done with it.
pub(crate) fn serve(tcp: TcpStream, number: usize, shared: &Shared) {
    // What fails here is the client's to see: it gets a closed connection.
    drop(try_serve(tcp, number, shared));
}

fn try_serve(tcp: TcpStream, number: usize, shared: &Shared) -> io::Result<()> {
    tcp.set_read_timeout(Some(PATIENCE))?;
    tcp.set_write_timeout(Some(PATIENCE))?;
    tcp.set_nodelay(true)?;
    let control = tcp.try_clone()?;
    let stream: Box<dyn Stream> = match &shared.tls {
        None => Box::new(tcp),
        Some(config) => {
            let tls = ServerConnection::new(config.clone()).map_err(io::Error::other)?;
            Box::new(StreamOwned::new(tls, tcp))
        }
    };
    let mut stream = BufReader::new(stream);
    while !shared.is_stopped() {
        let Some(hit) = read_head(&mut stream, number)? else { break };
        let keep_alive = !hit.header("connection").is_some_and(|v| v.eq_ignore_ascii_case("close"));
        let (hit, answer) = shared.answer(hit);
        let mut out = Counted { inner: stream.get_mut(), sent: 0 };
        let sent = send(&mut out, &answer, keep_alive, &control, shared);
        shared.done(hit, out.sent);
        sent?;
        if !keep_alive || !answer.keeps_open() {
            break;
        }
    }
    stream.get_mut().flush()?;
    control.shutdown(Shutdown::Both)
}

/// The next request; `None` when the client is done.
fn read_head(stream: &mut impl BufRead, connection: usize) -> io::Result<Option<Hit>> {
    let mut stream = stream.take(MAX_HEAD);
    let mut line = String::new();
    if stream.read_line(&mut line)? == 0 {
        return Ok(None);
    }
    let mut words = line.split_whitespace();
    let method = words.next().unwrap_or_default().to_owned();
    let target = words.next().unwrap_or_default().to_owned();
    let mut headers = Vec::new();
    loop {
        let mut line = String::new();
        if stream.read_line(&mut line)? == 0 {
            return Ok(None);
        }
        let line = line.trim_end_matches(['\r', '\n']);
        if line.is_empty() {
            break;
        }
        if let Some((name, value)) = line.split_once(':') {
            headers.push((name.to_owned(), value.trim().to_owned()));
        }
    }
    let at = Duration::ZERO;
    Ok(Some(Hit { at, done: None, method, target, headers, connection, sent: 0 }))
}

fn send(
    out: &mut impl Write,
    answer: &Answer,
    keep_alive: bool,
    control: &TcpStream,
    shared: &Shared,
) -> io::Result<()> {
    thread::sleep(answer.delay);
    let Some(steps) = &answer.script else {
        out.write_all(&answer.bytes(keep_alive))?;
        return out.flush();
    };
    for step in steps {
        play(out, step, control, shared)?;
    }
    Ok(())
}

fn play(out: &mut impl Write, step: &Step, control: &TcpStream, shared: &Shared) -> io::Result<()> {
    match step {
        Step::Send(bytes) => out.write_all(bytes)?,
        Step::Repeat(bytes, times) => {
            for _ in 0..*times {
                out.write_all(bytes)?;
            }
        }
        Step::Drip(bytes, pause) => {
            for byte in bytes {
                out.write_all(&[*byte])?;
                out.flush()?;
                thread::sleep(*pause);
            }
        }
        Step::Pause(pause) => thread::sleep(*pause),
        Step::Hang => hang(control, shared)?,
        Step::Reset => {
            socket2::SockRef::from(control).set_linger(Some(Duration::ZERO))?;
            return Err(io::ErrorKind::ConnectionReset.into());
        }
    }
    out.flush()
}

/// Waits until the client hangs up.
fn hang(control: &TcpStream, shared: &Shared) -> io::Result<()> {
    let started = Instant::now();
    control.set_read_timeout(Some(Duration::from_millis(50)))?;
    while started.elapsed() < PATIENCE && !shared.is_stopped() {
        match control.peek(&mut [0]) {
            Ok(0) => break,
            Ok(_) => thread::sleep(Duration::from_millis(50)),
            Err(e) if matches!(e.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut) => {}
            Err(e) => return Err(e),
        }
    }
    Ok(())
}

/// Counts what was handed on.
struct Counted<'a> {
    inner: &'a mut Box<dyn Stream>,
    sent: u64,
}

impl Write for Counted<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let n = self.inner.write(bytes)?;
        self.sent += n as u64;
        Ok(n)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

//! A little world of odd and hostile web origins on loopback.
//!
//! An [`Origin`] is an HTTP/1.1 server on 127.0.0.1 with a port of its own. Its [`Site`] maps
//! paths to [`Answer`]s, which may be scripted down to the byte ([`Step`]): too short, cut off,
//! dripping, endless, reset. Every request is written down as a [`Hit`]. It lives in threads of
//! its own until it is dropped, so tests with and without an async runtime can use it.
//!
//! ```
//! use std::io::{Read, Write};
//! use world::{Answer, Origin, Site};
//!
//! let origin = Origin::start(Site::new().at("/feed.xml", Answer::rss("<rss/>"))).unwrap();
//! let mut stream = std::net::TcpStream::connect(origin.address()).unwrap();
//! stream.write_all(b"GET /feed.xml HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n").unwrap();
//! let mut answer = String::new();
//! stream.read_to_string(&mut answer).unwrap();
//! assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"));
//! assert!(answer.ends_with("<rss/>"));
//! assert_eq!(origin.hits()[0].target, "/feed.xml");
//! ```

mod answer;
mod connection;
mod hit;
mod origin;
pub mod press;
mod site;
mod speech;
mod tls;

pub use answer::{Answer, Framing, Step};
pub use hit::{Ask, Hit};
pub use origin::Origin;
pub use site::Site;
pub use speech::Speech;
pub use tls::{CA_PEM, Certificate};

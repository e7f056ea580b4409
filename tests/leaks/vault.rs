//! The secrets, where the program finds them, and how they are sent.

use std::process::Command;

use world::{Hit, Origin};

use super::search::{base64, percent};
use crate::support::{OPEN, Ran, World, ran};

pub(super) const WAYS: [&str; 3] = ["file", "env", "credential"];
pub(super) const KINDS: [&str; 5] = ["header", "basic", "bearer", "cookie", "proxy"];

/// Every secret here is one of its own, with characters that URLs and base 64 change.
pub(super) fn secret(way: &str, kind: &str) -> String {
    format!("S3nt/{way}+{kind}=Q9!")
}

/// Where the program finds its secrets: a file, the environment, systemd's folder.
pub(super) struct Vault<'a> {
    pub(super) world: &'a World,
    pub(super) proxy: &'a Origin,
}

impl Vault<'_> {
    /// What a secret's place holds: a proxy's is the whole URL.
    pub(super) fn value(&self, way: &str, kind: &str) -> String {
        let secret = secret(way, kind);
        if kind != "proxy" {
            return secret;
        }
        let secret = percent(&secret, |b| format!("%{b:02X}"));
        self.proxy.url("").replacen("http://", &format!("http://me:{secret}@"), 1)
    }

    pub(super) fn reference(&self, way: &str, kind: &str) -> String {
        match way {
            "env" => format!("env:LEAK_{kind}"),
            "file" => format!("file:{}", self.world.path(&format!("secrets/{kind}")).display()),
            _ => format!("credential:{kind}"),
        }
    }

    pub(super) fn fill(&self) {
        for kind in KINDS {
            self.world.write(&format!("secrets/{kind}"), self.value("file", kind) + "\n");
            self.world.write(&format!("systemd/{kind}"), self.value("credential", kind));
        }
    }

    pub(super) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = self.world.command(&[arguments, &OPEN].concat());
        command.env("CREDENTIALS_DIRECTORY", self.world.path("systemd"));
        for kind in KINDS {
            command.env(format!("LEAK_{kind}"), self.value("env", kind));
        }
        command
    }

    pub(super) fn run(&self, arguments: &[&str]) -> Ran {
        ran(self.command(arguments).output().unwrap())
    }

    pub(super) fn options(&self, way: &str, kind: &str) -> [String; 2] {
        let reference = self.reference(way, kind);
        match kind {
            "header" => ["--header-ref".into(), format!("X-Key={reference}")],
            "proxy" => ["--proxy".into(), reference],
            "basic" => ["--credential".into(), format!("basic:me:{reference}")],
            _ => ["--credential".into(), format!("{kind}:{reference}")],
        }
    }
}

/// Does the request carry this secret as it is to?
pub(super) fn carries(hit: &Hit, way: &str, kind: &str) -> bool {
    let secret = secret(way, kind);
    let basic = || format!("Basic {}", base64(format!("me:{secret}").as_bytes()));
    let (name, value) = match kind {
        "header" => ("x-key", secret),
        "basic" => ("authorization", basic()),
        "bearer" => ("authorization", format!("Bearer {secret}")),
        "cookie" => ("cookie", secret),
        _ => ("proxy-authorization", basic()),
    };
    hit.header(name).is_some_and(|sent| sent.trim_end_matches('=') == value.trim_end_matches('='))
}

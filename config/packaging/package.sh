#!/bin/sh
# Makes what is handed to users, in target/package: a .deb (needs `cargo install cargo-deb`) and
# a tarball with the program, its manual page, completions, settings and systemd unit.
# With a musl toolchain (`rustup target add x86_64-unknown-linux-musl`, package musl-tools) the
# tarball's program is static: set TARGET=x86_64-unknown-linux-musl.
set -eu
cd "$(dirname "$0")/../.."
target=${TARGET:-}
out=target/package
release=target/${target:+$target/}release
mkdir -p "$out/man" "$out/completions"

cargo build --release --locked -p newsluice ${target:+--target "$target"}
"$release/newsluice" man >"$out/man/newsluice.1"
for shell in bash zsh fish; do
    "$release/newsluice" completions "$shell" >"$out/completions/newsluice.$shell"
done

version=$("$release/newsluice" --version | cut -d' ' -f2)
name=newsluice-$version-${target:-$(uname -m)}
rm -rf "${out:?}/$name"
mkdir "$out/$name"
cp "$release/newsluice" config/newsluice.toml config/packaging/newsluice.service README.md LICENSE "$out/$name/"
cp -r "$out/man" "$out/completions" "$out/$name/"
strip --strip-debug "$out/$name/newsluice"
tar -C "$out" -czf "$out/$name.tar.gz" "$name"
echo "$out/$name.tar.gz"

if cargo deb --version >/dev/null 2>&1 && [ -z "$target" ]; then
    cargo deb -q -p newsluice --no-build -o "$out/"
else
    echo "no .deb: it wants 'cargo install cargo-deb' and the host's own target" >&2
fi

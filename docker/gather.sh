#!/bin/sh
# Puts into $1 what a Python program needs of this Debian image, beside the /venv that is already there.
set -eu
root=$1
python=$(readlink -f /usr/local/bin/python3)
stdlib=$(python3 -c 'import sysconfig; print(sysconfig.get_path("stdlib"))')

# Python, without what installs, tests, draws or links. The public base image comes without compiled files, and nobody
# can write them later: each start, and each health check, would compile the standard library anew.
(cd "$stdlib" && rm -rf ensurepip idlelib lib2to3 pydoc_data site-packages/* test tkinter turtledemo config-* \
    lib-dynload/_tkinter.* lib-dynload/_test* lib-dynload/xxlimited*)
python3 -m compileall -q "$stdlib"
mkdir -p "$root/usr/local/bin" "$root/usr/local/lib"
cp "$python" "$root/usr/local/bin/"
for name in python3 python; do ln -s "$(basename "$python")" "$root/usr/local/bin/$name"; done
cp -R "$stdlib" "$root/usr/local/lib/"

# Programs of packages are for developers.
find "$root/venv/bin" -type f ! -name kickbacks -delete

# Every library that any of them names, and those of these; and the one that glibc loads when a thread is cancelled.
find "$root" -name '*.so*' -type f -exec ldd {} + >/tmp/named 2>/dev/null || true
ldd "$python" >>/tmp/named
{ sed -n 's/.*=> \(\/[^ ]*\) (.*/\1/p; s/^[[:space:]]*\(\/[^ ]*\) (.*/\1/p' /tmp/named
  ldconfig -p | sed -n 's/^[[:space:]]*libgcc_s\.so\.1 .*=> //p'; } | sort -u | grep -v "^$root" >/tmp/libraries
if grep 'not found' /tmp/named; then exit 1; fi
while read -r library; do
    mkdir -p "$root$(dirname "$library")"
    cp -L "$library" "$root$library"
done </tmp/libraries

# Where those are, whom to trust, who runs, and what scanners want to know.
mkdir -p "$root/etc/ssl/certs" "$root/var/lib/dpkg/status.d" "$root/var/lib/kickbacks" "$root/tmp"
cp /etc/ld.so.cache /etc/os-release "$root/etc/"
cp /etc/ssl/certs/ca-certificates.crt "$root/etc/ssl/certs/"
if [ -d /usr/lib/ssl ]; then
    mkdir -p "$root/usr/lib/ssl"
    ln -s /etc/ssl/certs "$root/usr/lib/ssl/certs"
    ln -s /etc/ssl/certs/ca-certificates.crt "$root/usr/lib/ssl/cert.pem"
fi
echo 'kickbacks:x:10001:10001::/nonexistent:/nonexistent' >"$root/etc/passwd"
echo 'kickbacks:x:10001:' >"$root/etc/group"
chown 10001:10001 "$root/var/lib/kickbacks"
chmod 700 "$root/var/lib/kickbacks"
chmod 1777 "$root/tmp"
for library in $(cat /tmp/libraries); do dpkg-query -S "*/$(basename "$(readlink -f "$library")")" 2>/dev/null || true; done |
    cut -d: -f1 | sort -u | while read -r package; do
    dpkg-query -s "$package" >"$root/var/lib/dpkg/status.d/$package"
done

if find "$root" -xdev -type f -perm /6000 | grep .; then echo 'setuid files' >&2; exit 1; fi

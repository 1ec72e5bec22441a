#!/bin/sh
# Does the same as `upper certs`, step by step with OpenSSL (1.1.1 or newer).
#
#   certs/generate.sh [DIRECTORY]     default: the directory of this script
#
# More names, other lifetimes, client certificates and renewal: only `upper certs` has them (`upper certs --help`).
#
# Creates a certificate authority (CA) and a server certificate for localhost:
#   ca-key.pem      signs certificates: whoever has it can impersonate any server; keep it secret
#   ca-cert.pem     the certificate that clients trust
#   server-key.pem  proves that the server is the one named in its certificate; keep it secret
#   server-cert.pem the certificate that the server sends to its clients
set -eu

fail() {
  echo "generate.sh: $*" >&2
  exit 1
}

case $# in 0 | 1) ;; *) fail "usage: generate.sh [DIRECTORY]" ;; esac
case ${1-} in -*) fail "usage: generate.sh [DIRECTORY]" ;; esac
command -v openssl >/dev/null || fail "openssl is missing: install it, or use 'upper certs'"

directory=${1:-$(dirname -- "$0")}
mkdir -p -- "$directory"
cd -- "$directory"
# All files are created in a temporary directory and moved when complete: a failure leaves nothing behind.
# Only one process can create that directory, so two runs at once do not mix their files.
# From here on only the owner can read new files (mode 0600).
umask 077
making=$(pwd)/.making
mkdir .making 2>/dev/null ||
  fail "cannot make $directory/.making: it exists (is another generate.sh running? if not, remove it)" \
    "or $directory cannot be written to"
trap 'rm -rf -- "$making"' EXIT
trap 'exit 1' HUP INT TERM

for file in server-key.pem ca-key.pem server-cert.pem ca-cert.pem; do
  # -h: a dangling link counts as existing, too.
  if [ -e "$file" ] || [ -h "$file" ]; then
    fail "$directory/$file exists already: remove it first or choose another directory"
  fi
done
cd .making

# Extensions define the purpose of a certificate. Their command-line options differ
# between versions of OpenSSL; this file works with all.
cat >openssl.cnf <<'END'
[req]
distinguished_name = name
prompt = no
[name]

[ca]
# May sign certificates, and nothing else. Critical: a client that does not know the extension must refuse.
basicConstraints = critical, CA:true
keyUsage = critical, keyCertSign, cRLSign
subjectKeyIdentifier = hash

[server]
# Clients compare the name or address that they connect to with these; they ignore the CN.
subjectAltName = DNS:localhost, IP:127.0.0.1, IP:::1
keyUsage = critical, digitalSignature
extendedKeyUsage = serverAuth
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
END

# A private key in PKCS #8. An elliptic curve key is small and signs fast. For RSA instead:
#   openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:3072 -out "$1"
new_key() {
  openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "$1" 2>log ||
    { cat log >&2; fail "cannot make $1"; }
}

# 1. The CA: a key, and a certificate signed with the same key (-x509), valid for ten years. Trust has
#    to start somewhere: clients must obtain this certificate by other means.
new_key ca-key.pem
openssl req -x509 -new -config openssl.cnf -extensions ca -sha256 \
  -key ca-key.pem -subj "/CN=Upper CA" -days 3650 -out ca-cert.pem

# 2. The server: a key and a certificate signing request, which contains the public key and a signature
#    that proves possession of the private one. A CA needs no more: the private key never leaves the server.
new_key server-key.pem
openssl req -new -config openssl.cnf -sha256 \
  -key server-key.pem -subj "/CN=localhost" -out server-req.pem

# 3. The CA checks and signs the request, with its own extensions, not those of the request.
#    The serial number is random. Some clients refuse certificates valid for more than 825 days.
openssl x509 -req -in server-req.pem -CA ca-cert.pem -CAkey ca-key.pem -sha256 \
  -set_serial "0x$(openssl rand -hex 8)" -extfile openssl.cnf -extensions server \
  -days 824 -out server-cert.pem 2>log || { cat log >&2; fail "cannot sign the certificate"; }

# Every client will do this check. The request is no longer needed and is removed with .making.
openssl verify -CAfile ca-cert.pem server-cert.pem >log 2>&1 ||
  { cat log >&2; fail "the certificate does not verify"; }

chmod 644 ca-cert.pem server-cert.pem
# The server's certificate last: once it exists, so does its key.
for file in server-key.pem ca-key.pem ca-cert.pem server-cert.pem; do
  mv "$file" ..
  echo "$directory/$file"
done

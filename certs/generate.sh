#!/bin/sh
# What `upper certs` does, with OpenSSL and one step at a time (1.1.1 or newer).
#
#   certs/generate.sh [DIRECTORY]     default: the directory of this script
#
# Makes a certification authority (CA) and the certificate of a server called localhost:
#   ca-key.pem      signs certificates: whoever has it can pass for any server; keep it secret
#   ca-cert.pem     what clients trust
#   server-key.pem  proves that the server is the one that its certificate names; secret
#   server-cert.pem what the server shows to its clients
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
# All is made in a directory of its own and moved when complete: a failure half way leaves nothing.
# Only one process can make that directory, so two at once do not mix their files.
# From here on only the owner can read what is created (mode 0600).
umask 077
making=$(pwd)/.making
mkdir .making 2>/dev/null ||
  fail "cannot make $directory/.making: it exists (another generate.sh at work? if not, remove it)" \
    "or $directory cannot be written to"
trap 'rm -rf -- "$making"' EXIT
trap 'exit 1' HUP INT TERM

for file in server-key.pem ca-key.pem server-cert.pem ca-cert.pem; do
  # -h: a link that leads nowhere is there, too.
  if [ -e "$file" ] || [ -h "$file" ]; then
    fail "$directory/$file exists already: remove it first or choose another directory"
  fi
done
cd .making

# What a certificate is for is in its extensions; the options for them on the command line differ
# between OpenSSL's versions, this file does not.
cat >openssl.cnf <<'END'
[req]
distinguished_name = name
prompt = no
[name]

[ca]
# May sign certificates, and nothing else. Critical: who does not know the extension must refuse.
basicConstraints = critical, CA:true
keyUsage = critical, keyCertSign, cRLSign
subjectKeyIdentifier = hash

[server]
# Clients compare the name or address they connect to with these; they do not look at the CN.
subjectAltName = DNS:localhost, IP:127.0.0.1, IP:::1
keyUsage = critical, digitalSignature
extendedKeyUsage = serverAuth
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
END

# A private key, as PKCS #8. An elliptic curve key is small and signs fast. For RSA instead:
#   openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:3072 -out "$1"
new_key() {
  openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "$1" 2>log ||
    { cat log >&2; fail "cannot make $1"; }
}

# 1. The CA: a key, and a certificate that the same key signs (-x509). Trust has to start
#    somewhere: clients are given this one by other means. Ten years.
new_key ca-key.pem
openssl req -x509 -new -config openssl.cnf -extensions ca -sha256 \
  -key ca-key.pem -subj "/CN=Upper CA" -days 3650 -out ca-cert.pem

# 2. The server: a key, and a request. The request carries the public key and a signature that
#    proves who has the private one. It is all that a CA ever needs: the key stays at home.
new_key server-key.pem
openssl req -new -config openssl.cnf -sha256 \
  -key server-key.pem -subj "/CN=localhost" -out server-req.pem

# 3. The CA signs what it has checked, with extensions of its own choice, not the request's.
#    The serial number is random. Some clients refuse more than 825 days.
openssl x509 -req -in server-req.pem -CA ca-cert.pem -CAkey ca-key.pem -sha256 \
  -set_serial "0x$(openssl rand -hex 8)" -extfile openssl.cnf -extensions server \
  -days 824 -out server-cert.pem 2>log || { cat log >&2; fail "cannot sign the certificate"; }

# What every client will do. The request has done its duty and goes with the directory .making.
openssl verify -CAfile ca-cert.pem server-cert.pem >log 2>&1 ||
  { cat log >&2; fail "the certificate does not verify"; }

chmod 644 ca-cert.pem server-cert.pem
# The server's certificate last: whoever finds it finds its key beside it.
for file in server-key.pem ca-key.pem ca-cert.pem server-cert.pem; do
  mv "$file" ..
  echo "$directory/$file"
done

# Makes the files of PemFilesTest in the current directory. Exit status 77: no openssl 3.
openssl version 2>/dev/null | grep -q '^OpenSSL 3' || exit 77

self() { # KEY CERTIFICATE: signed by itself
  openssl req -x509 -new -key "$1" -out "$2" -days 30 -subj /CN=localhost \
    -addext subjectAltName=DNS:localhost
}

for curve in prime256v1:root prime256v1:leaf secp384r1:p384 secp521r1:p521 secp256k1:secp256k1; do
  openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:${curve%:*} -out ${curve#*:}.key
done
openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out rsa.key
openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:512 -out rsa512.key
openssl genpkey -algorithm RSA-PSS -pkeyopt rsa_keygen_bits:2048 -out rsapss.key
openssl genpkey -algorithm ED25519 -out ed25519.key

openssl req -x509 -new -key root.key -out root.pem -days 30 -subj /CN=Root
openssl req -new -key leaf.key -out leaf.csr -subj /CN=localhost
echo 'subjectAltName=DNS:localhost' >extensions
openssl x509 -req -in leaf.csr -CA root.pem -CAkey root.key -CAcreateserial -days 30 \
  -extfile extensions -out leaf.pem
for name in p384 p521 rsa ed25519 rsapss secp256k1; do self $name.key $name.pem; done

# Certificates.
cat leaf.pem root.pem >chain.pem
cat root.pem leaf.pem >reversed.pem
printf '%s' "$(cat leaf.pem)" >noeol.pem
{ cat noeol.pem; cat root.pem; } >joined.pem
{ printf '\357\273\277'; cat leaf.pem; } >bom.pem
sed 's/$/\r/' leaf.pem >crlf.pem
tr '\n' '\r' <leaf.pem >mac.pem
openssl x509 -in leaf.pem -text -out text.pem
{ echo '-----BEGIN CERTIFICATE-----'
  grep -v -e ----- leaf.pem | tr -d '\n'
  echo; echo '-----END CERTIFICATE-----'; } >oneline.pem
cat leaf.pem leaf.key >both.pem
cat leaf.key leaf.pem root.pem >keyfirst.pem
sed 's/ CERTIFICATE/ X509 CERTIFICATE/' leaf.pem >x509label.pem
openssl pkcs12 -export -in leaf.pem -inkey leaf.key -passout pass:secret -out store.p12
openssl pkcs12 -in store.p12 -passin pass:secret -nodes -out bags.pem
"$KEYTOOL" -genkeypair -alias a -keyalg EC -groupname secp256r1 -dname CN=localhost \
  -storetype PKCS12 -keystore keytool.p12 -storepass secret
"$KEYTOOL" -exportcert -rfc -alias a -keystore keytool.p12 -storepass secret -file keytool.pem
openssl pkcs12 -in keytool.p12 -passin pass:secret -nocerts -nodes -out keytool.key
"$KEYTOOL" -importcert -noprompt -alias a -file leaf.pem -storetype JKS -keystore store.jks \
  -storepass secret
openssl x509 -in leaf.pem -trustout -out trusted.pem
openssl x509 -in leaf.pem -outform DER -out leaf.der
openssl crl2pkcs7 -nocrl -certfile leaf.pem -out leaf.p7b
openssl crl2pkcs7 -nocrl -certfile leaf.pem -outform DER -out leaf.p7
openssl pkey -in leaf.key -pubout -out leaf.pub
: >empty.pem
echo hello >hello.pem
head -n 3 leaf.pem >cut.pem
sed '2s/^.../***/' leaf.pem >damaged.pem
sed '2s/^..../AAAA/' leaf.pem >wrong.pem
{ printf '\377\376'; iconv -f UTF-8 -t UTF-16LE leaf.pem; } >utf16.pem
awk '{printf "%s\\n", $0}' leaf.pem >literal.pem
printf -- '-----BEGIN X509 CRL-----\nMAA=\n-----END X509 CRL-----\n' >root.crl

for kind in ec:prime256v1 rsa:2048 other:prime256v1; do
  name=shop-${kind%:*}
  case ${kind#*:} in
    2048) openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out $name.key ;;
    *) openssl ecparam -name prime256v1 -genkey -noout -out $name.key ;;
  esac
  openssl req -x509 -new -key $name.key -out $name.pem -days 30 -subj "/CN=A shop" \
    -addext subjectAltName=DNS:Shop.Example,DNS:*.Shop.Example
done

# Keys.
openssl ec -in leaf.key -out leaf-sec1.key
{ openssl ecparam -name prime256v1; cat leaf-sec1.key; } >leaf-parameters.key
{ openssl ecparam -name prime256v1
  echo '-----BEGIN EC PRIVATE KEY-----'
  # Without the curve: version and secret only.
  { printf '\060\045\002\001\001\004\040'
    openssl ec -in leaf.key -outform DER | tail -c +8 | head -c 32; } | openssl base64
  echo '-----END EC PRIVATE KEY-----'; } >leaf-bare.key
{ printf '\357\273\277'; cat leaf.key; } >leaf-bom.key
openssl rsa -in rsa.key -traditional -out rsa-pkcs1.key
openssl pkey -in leaf.key -aes128 -passout pass:secret -out encrypted.key
openssl rsa -in rsa.key -traditional -aes128 -passout pass:secret -out proctype.key
openssl pkey -in leaf.key -outform DER -out leafkey.der
openssl ec -in leaf.key -param_enc explicit -out explicit.key
printf -- '-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----\n' >openssh.key
head -n 2 leaf.key >cutkey.key

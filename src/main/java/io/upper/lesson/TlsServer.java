package io.upper.lesson;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.Locale;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/**
 * A TLS server with a thread for each connection. Its sockets come from an {@link SSLContext} that
 * holds the certificate and the private key; the rest is as in {@link TcpThread}.
 *
 * <pre>
 * test -e certs/server-cert.pem || ./upper certs
 * ./upper lesson tls-server 2443
 * echo hello | ./upper lesson tls-client localhost 2443
 * </pre>
 *
 * <p><b>Python:</b> {@code SSL_server.py}
 *
 * <p><b>What it leaves out:</b>
 *
 * <ul>
 *   <li>A renewed certificate needs a restart: {@code io.upper.server.TlsCredentials} reloads it
 *       when its file changes.
 *   <li>A client that never finishes its handshake occupies a thread forever: {@code
 *       io.upper.server.TlsServerVerticle} has {@code handshakeTimeoutSeconds}.
 *   <li>A multi-byte character split between two reads is corrupted ({@code tls/text/cut-2}): see
 *       {@link TcpServer}.
 * </ul>
 *
 * <p><b>Next:</b> {@link VertxTls}
 */
public final class TlsServer {

  public static void main(String[] args) throws IOException, GeneralSecurityException {
    int port = args.length > 0 ? Integer.parseInt(args[0]) : 2443;
    Path certificate = Path.of(args.length > 1 ? args[1] : "certs/server-cert.pem");
    Path key = Path.of(args.length > 2 ? args[2] : "certs/server-key.pem");
    SSLContext context = context(certificate, key);
    try (ServerSocket server = context.getServerSocketFactory().createServerSocket(port)) {
      System.out.println("listening on port " + server.getLocalPort());
      while (true) {
        Socket client = server.accept();
        new Thread(() -> serve(client)).start();
      }
    }
  }

  private static SSLContext context(Path certificate, Path key)
      throws IOException, GeneralSecurityException {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    try (InputStream in = Files.newInputStream(certificate)) {
      Certificate leaf = CertificateFactory.getInstance("X.509").generateCertificate(in);
      byte[] der = Base64.getMimeDecoder().decode(Files.readString(key).replaceAll("-----.*", ""));
      PrivateKey secret =
          KeyFactory.getInstance(leaf.getPublicKey().getAlgorithm())
              .generatePrivate(new PKCS8EncodedKeySpec(der));
      store.setKeyEntry("server", secret, new char[0], new Certificate[] {leaf});
    }
    KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    keys.init(store, new char[0]);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(keys.getKeyManagers(), null, null);
    return context;
  }

  private static void serve(Socket client) {
    try (client) {
      byte[] buffer = new byte[1024];
      InputStream in = client.getInputStream();
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        String text = new String(buffer, 0, n, UTF_8);
        client.getOutputStream().write(text.toUpperCase(Locale.ROOT).getBytes(UTF_8));
      }
    } catch (IOException e) {
      System.out.println("lost: " + client + ": " + e.getMessage());
    }
  }
}

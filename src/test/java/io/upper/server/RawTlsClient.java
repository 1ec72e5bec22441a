package io.upper.server;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.PublicKey;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.HexFormat;
import javax.crypto.Cipher;
import javax.crypto.KeyAgreement;
import javax.crypto.Mac;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * A hand-written TLS 1.3 client (RFC 8446), which can send what the JDK's cannot. It offers one
 * cipher suite and one group, checks no certificate, and does not read after its handshake.
 */
final class RawTlsClient implements AutoCloseable {
  private static final int HANDSHAKE = 22;
  private static final int DATA = 23;
  private static final int SERVER_HELLO = 2;
  private static final int FINISHED = 20;
  private static final int HASH_BYTES = 32;
  private static final int TAG_BYTES = 16;

  // Before the 32 bytes of a key of X25519, in the form of X.509 (RFC 8410).
  private static final byte[] X25519 = HexFormat.of().parseHex("302a300506032b656e032100");

  private final Socket socket = new Socket();
  private final ByteArrayOutputStream transcript = new ByteArrayOutputStream();
  private byte[] writeSecret;
  private Keys write;

  /** The keys of one direction (section 7.3). */
  private static final class Keys {
    private final byte[] key;
    private final byte[] iv;
    private long sequence;

    Keys(byte[] secret) throws GeneralSecurityException {
      key = expand(secret, "key", new byte[0], 16);
      iv = expand(secret, "iv", new byte[0], 12);
    }

    /** Encrypts or decrypts the content of a record, given its encrypted length. */
    byte[] apply(int mode, byte[] content, int encryptedLength) throws GeneralSecurityException {
      byte[] nonce = iv.clone();
      for (int i = 0; i < 8; i++) {
        nonce[11 - i] ^= (byte) (sequence >>> 8 * i);
      }
      sequence++;
      Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
      cipher.init(mode, new SecretKeySpec(key, "AES"), new GCMParameterSpec(8 * TAG_BYTES, nonce));
      cipher.updateAAD(header(DATA, encryptedLength));
      return cipher.doFinal(content);
    }
  }

  /** Connects and completes the handshake. */
  RawTlsClient(SocketAddress server) throws IOException, GeneralSecurityException {
    socket.setSoTimeout(Servers.PATIENCE_MILLIS);
    socket.setTcpNoDelay(true);
    socket.connect(server, Servers.PATIENCE_MILLIS);
    KeyPair mine = KeyPairGenerator.getInstance("X25519").generateKeyPair();
    byte[] hello = clientHello(Arrays.copyOfRange(mine.getPublic().getEncoded(), 12, 44));
    transcript.write(hello);
    write(HANDSHAKE, hello);
    shakeHands(mine);
  }

  Socket socket() {
    return socket;
  }

  /** Sends application data. */
  void send(byte[] data) throws IOException, GeneralSecurityException {
    writeEncrypted(DATA, data);
  }

  /** Sends a key update, and requests one (section 4.6.3). */
  void updateKey() throws IOException, GeneralSecurityException {
    writeEncrypted(HANDSHAKE, new byte[] {24, 0, 0, 1, 1});
    writeSecret = expand(writeSecret, "traffic upd", new byte[0], HASH_BYTES);
    write = new Keys(writeSecret);
  }

  private void shakeHands(KeyPair mine) throws IOException, GeneralSecurityException {
    DataInputStream in = new DataInputStream(socket.getInputStream());
    ByteArrayOutputStream messages = new ByteArrayOutputStream();
    byte[] secret = null;
    Keys read = null;
    while (true) {
      int type = in.readUnsignedByte();
      in.readShort();
      byte[] content = in.readNBytes(in.readUnsignedShort());
      if (type == DATA) {
        byte[] plain = read.apply(Cipher.DECRYPT_MODE, content, content.length);
        // The last byte is the content type; this server does not pad.
        messages.write(plain, 0, plain.length - 1);
      } else if (type == HANDSHAKE) {
        messages.write(content);
      } else if (type == 21) {
        throw new IOException("alert " + content[1]);
      }
      ByteBuffer arrived = ByteBuffer.wrap(messages.toByteArray());
      messages.reset();
      while (arrived.remaining() >= 4
          && arrived.remaining() >= 4 + (arrived.getInt(arrived.position()) & 0xffffff)) {
        byte[] message = new byte[4 + (arrived.getInt(arrived.position()) & 0xffffff)];
        arrived.get(message);
        transcript.write(message);
        if (message[0] == SERVER_HELLO) {
          byte[] early = extract(new byte[HASH_BYTES], new byte[HASH_BYTES]);
          secret = extract(derive(early, "derived", new byte[0]), agreed(mine, message));
          byte[] all = transcript.toByteArray();
          writeSecret = derive(secret, "c hs traffic", all);
          read = new Keys(derive(secret, "s hs traffic", all));
        } else if (message[0] == FINISHED) {
          finish(secret);
          return;
        }
      }
      messages.write(arrived.array(), arrived.position(), arrived.remaining());
    }
  }

  private void finish(byte[] handshakeSecret) throws IOException, GeneralSecurityException {
    byte[] all = transcript.toByteArray();
    byte[] key = expand(writeSecret, "finished", new byte[0], HASH_BYTES);
    byte[] finished =
        ByteBuffer.allocate(4 + HASH_BYTES)
            .putInt(FINISHED << 24 | HASH_BYTES)
            .put(hmac(key, MessageDigest.getInstance("SHA-256").digest(all)))
            .array();
    write = new Keys(writeSecret);
    writeEncrypted(HANDSHAKE, finished);
    byte[] master = extract(derive(handshakeSecret, "derived", new byte[0]), new byte[HASH_BYTES]);
    writeSecret = derive(master, "c ap traffic", all);
    write = new Keys(writeSecret);
  }

  private static byte[] clientHello(byte[] key) {
    String suites = "00021301";
    String versions = "002b0003020304";
    String groups = "000a00040002001d";
    String signatures = "000d0010000e0403050306030804080508060401";
    String share = "003300260024001d0020" + HexFormat.of().formatHex(key);
    String extensions = versions + groups + signatures + share;
    String body =
        "0303"
            + "07".repeat(32)
            + "00"
            + suites
            + "0100"
            + "%04x".formatted(extensions.length() / 2)
            + extensions;
    return HexFormat.of().parseHex("01%06x".formatted(body.length() / 2) + body);
  }

  /** The shared secret; the server's key is in an extension of its hello. */
  private static byte[] agreed(KeyPair mine, byte[] serverHello) throws GeneralSecurityException {
    ByteBuffer hello = ByteBuffer.wrap(serverHello).position(4 + 2 + 32);
    hello.position(hello.position() + 1 + hello.get(hello.position()) + 3 + 2);
    while (hello.getShort() != 51) {
      hello.position(hello.position() + 2 + hello.getShort(hello.position()));
    }
    byte[] key = Arrays.copyOf(X25519, X25519.length + 32);
    hello.position(hello.position() + 6).get(key, X25519.length, 32);
    PublicKey theirs = KeyFactory.getInstance("X25519").generatePublic(new X509EncodedKeySpec(key));
    KeyAgreement agreement = KeyAgreement.getInstance("X25519");
    agreement.init(mine.getPrivate());
    agreement.doPhase(theirs, true);
    return agreement.generateSecret();
  }

  private void writeEncrypted(int type, byte[] content)
      throws IOException, GeneralSecurityException {
    byte[] plain = Arrays.copyOf(content, content.length + 1);
    plain[content.length] = (byte) type;
    write(DATA, write.apply(Cipher.ENCRYPT_MODE, plain, plain.length + TAG_BYTES));
  }

  private void write(int type, byte[] content) throws IOException {
    socket
        .getOutputStream()
        .write(
            ByteBuffer.allocate(5 + content.length)
                .put(header(type, content.length))
                .put(content)
                .array());
  }

  private static byte[] header(int type, int length) {
    return ByteBuffer.allocate(5)
        .put((byte) type)
        .putShort((short) 0x303)
        .putShort((short) length)
        .array();
  }

  // HKDF and its labels (section 7.1).

  private static byte[] hmac(byte[] key, byte[]... parts) throws GeneralSecurityException {
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(key, "HmacSHA256"));
    for (byte[] part : parts) {
      mac.update(part);
    }
    return mac.doFinal();
  }

  private static byte[] extract(byte[] salt, byte[] secret) throws GeneralSecurityException {
    return hmac(salt, secret);
  }

  private static byte[] derive(byte[] secret, String label, byte[] messages)
      throws GeneralSecurityException {
    byte[] hash = MessageDigest.getInstance("SHA-256").digest(messages);
    return expand(secret, label, hash, HASH_BYTES);
  }

  private static byte[] expand(byte[] secret, String label, byte[] hash, int length)
      throws GeneralSecurityException {
    byte[] name = ("tls13 " + label).getBytes(US_ASCII);
    byte[] info =
        ByteBuffer.allocate(2 + 1 + name.length + 1 + hash.length)
            .putShort((short) length)
            .put((byte) name.length)
            .put(name)
            .put((byte) hash.length)
            .put(hash)
            .array();
    return Arrays.copyOf(hmac(secret, info, new byte[] {1}), length);
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}

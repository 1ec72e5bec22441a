package io.upper.cert;

import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.interfaces.RSAKey;
import java.security.spec.AlgorithmParameterSpec;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;

/** Finds out which keys belong together. */
public final class KeyPairs {

  private KeyPairs() {}

  /** Whether the keys match: the public key verifies a signature of the private key. */
  public static boolean match(PrivateKey key, PublicKey publicKey) {
    byte[] text = {1, 2, 3};
    try {
      Signature signature = Signature.getInstance(signatureAlgorithm(publicKey));
      if (publicKey.getAlgorithm().equals("RSASSA-PSS")) {
        AlgorithmParameterSpec fixed = ((RSAKey) publicKey).getParams();
        signature.setParameter(
            fixed == null
                ? new PSSParameterSpec("SHA-256", "MGF1", MGF1ParameterSpec.SHA256, 32, 1)
                : fixed);
      }
      signature.initSign(key);
      signature.update(text);
      byte[] signed = signature.sign();
      signature.initVerify(publicKey);
      signature.update(text);
      return signature.verify(signed);
    } catch (GeneralSecurityException e) {
      return false; // Of different types.
    }
  }

  private static String signatureAlgorithm(PublicKey key) {
    return switch (key.getAlgorithm()) {
      case "EC" -> "SHA256withECDSA";
      case "RSA" -> "SHA256withRSA";
      default -> key.getAlgorithm();
    };
  }
}

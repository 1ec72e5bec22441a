package io.upper.server;

import io.upper.config.ServerSettings;
import io.vertx.core.Vertx;
import io.vertx.core.net.KeyCertOptions;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import javax.naming.InvalidNameException;
import javax.naming.ldap.LdapName;
import javax.naming.ldap.Rdn;
import javax.net.ssl.KeyManagerFactory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which pairs a client is shown, by the name that it asks for (SNI). Vert.x itself would show any
 * pair to one that asks for a name that none is for, or for none; that is the first one's part
 * here.
 *
 * @param first for clients that ask for no name
 * @param byName in lower case; a name may begin with {@code *.}
 */
record KeysByName(KeyManagerFactory first, Map<String, KeyManagerFactory> byName)
    implements KeyCertOptions {
  private static final Logger LOG = LoggerFactory.getLogger(KeysByName.class);
  // RFC 5280, section 4.2.1.6: GeneralName.
  private static final Integer DNS_NAME = 2;

  /**
   * @param pairs the one for clients that ask for no name first
   * @param files where they were read, in the same order
   */
  static KeysByName of(List<ServerKeys.Pair> pairs, List<ServerSettings.Pair> files) {
    return new KeysByName(ServerKeys.factory(companions(pairs)), byName(pairs, files));
  }

  /**
   * The first pair with those of other key types for one of its names: each client gets what it
   * knows.
   */
  private static List<ServerKeys.Pair> companions(List<ServerKeys.Pair> pairs) {
    Set<String> names = names(pairs.get(0).leaf());
    List<ServerKeys.Pair> companions = new ArrayList<>(List.of(pairs.get(0)));
    for (ServerKeys.Pair other : pairs) {
      boolean sameType =
          companions.stream().anyMatch(known -> known.keyType().equals(other.keyType()));
      if (!sameType && !Collections.disjoint(names, names(other.leaf()))) {
        companions.add(other);
      }
    }
    return companions;
  }

  /** Who is shown to clients that ask for a name; a name may begin with {@code *.}. */
  private static Map<String, KeyManagerFactory> byName(
      List<ServerKeys.Pair> pairs, List<ServerSettings.Pair> files) {
    Map<String, Map<String, Integer>> found = new LinkedHashMap<>();
    for (int i = 0; i < pairs.size(); i++) {
      for (String name : names(pairs.get(i).leaf())) {
        Integer before =
            found
                .computeIfAbsent(name, n -> new LinkedHashMap<>())
                .putIfAbsent(pairs.get(i).keyType(), i);
        if (before != null) {
          throw CredentialFiles.refused(
              files.get(i).pointer() + "/certificate",
              files.get(i).certificate(),
              String.format(
                  Locale.ROOT,
                  "is for %s, as \"%s\" is, with the same type of key (%s): remove one of the two",
                  name,
                  files.get(before).certificate(),
                  pairs.get(i).keyType()));
        }
      }
    }
    Map<String, KeyManagerFactory> factories = new HashMap<>();
    found.forEach(
        (name, numbers) ->
            factories.put(
                name, ServerKeys.factory(numbers.values().stream().map(pairs::get).toList())));
    return factories;
  }

  /** The names that clients may ask for, in lower case: what is a name, the case is not. */
  private static Set<String> names(X509Certificate certificate) {
    Set<String> names = new LinkedHashSet<>();
    try {
      Collection<List<?>> alternatives = certificate.getSubjectAlternativeNames();
      for (List<?> name : alternatives == null ? List.<List<?>>of() : alternatives) {
        if (name.get(0).equals(DNS_NAME)) {
          names.add(name.get(1).toString().toLowerCase(Locale.ROOT));
        }
      }
      if (names.isEmpty()) { // RFC 6125, section 6.4.4
        String subject = certificate.getSubjectX500Principal().getName();
        for (Rdn rdn : new LdapName(subject).getRdns()) {
          if (rdn.getType().equalsIgnoreCase("CN")) {
            names.add(rdn.getValue().toString().toLowerCase(Locale.ROOT));
          }
        }
      }
    } catch (CertificateParsingException | InvalidNameException e) {
      LOG.debug("{}", certificate.getSubjectX500Principal(), e);
    }
    return names;
  }

  @Override
  public KeyCertOptions copy() {
    return this;
  }

  @Override
  public KeyManagerFactory getKeyManagerFactory(Vertx vertx) {
    return first;
  }

  @Override
  public Function<String, KeyManagerFactory> keyManagerFactoryMapper(Vertx vertx) {
    return asked -> {
      String name = asked.toLowerCase(Locale.ROOT);
      KeyManagerFactory exact = byName.get(name);
      return exact == null
          ? byName.get("*" + name.substring(Math.max(0, name.indexOf('.'))))
          : exact;
    };
  }
}

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
 * Chooses certificate and key by the server name that the client requests (SNI). For an unknown
 * name, or none, Vert.x would use any pair; this uses the first one.
 *
 * @param first for clients that request no name, or an unknown one
 * @param byName in lower case; a name may start with {@code *.}
 */
record KeysByName(KeyManagerFactory first, Map<String, KeyManagerFactory> byName)
    implements KeyCertOptions {
  private static final Logger LOG = LoggerFactory.getLogger(KeysByName.class);
  // RFC 5280, section 4.2.1.6: GeneralName.
  private static final Integer DNS_NAME = 2;

  /**
   * @param pairs the default pair first
   * @param files their files, in the same order
   */
  static KeysByName of(List<ServerKeys.Pair> pairs, List<ServerSettings.Pair> files) {
    return new KeysByName(ServerKeys.factory(companions(pairs)), byName(pairs, files));
  }

  /**
   * The first pair, with pairs of other key types for one of its names: each client gets a type
   * that it supports.
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

  /** The pairs by name; a name may start with {@code *.}. */
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

  /** The names in a certificate, in lower case, since names are case-insensitive. */
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
    return requested -> {
      String name = requested.toLowerCase(Locale.ROOT);
      KeyManagerFactory exact = byName.get(name);
      return exact == null
          ? byName.get("*" + name.substring(Math.max(0, name.indexOf('.'))))
          : exact;
    };
  }
}

package io.upper.jvm;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.reflect.InvocationTargetException;
import java.net.URI;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;

/**
 * Loads the providers that jars register for an interface, like {@link java.util.ServiceLoader},
 * whose errors do not name the jar and sometimes not even the class.
 */
public final class Providers {
  private static final String SERVICES = "META-INF/services/";
  private static final Pattern WORD = Pattern.compile("[a-z][a-z0-9-]*");

  private Providers() {}

  /**
   * Creates an instance of each registered class of a type, in the order of the class path.
   *
   * @param word returns the unique word that selects a provider
   * @throws IllegalStateException if a provider cannot be loaded; a message of one line names the
   *     jar, the class and the cause
   */
  public static <P> List<P> load(Class<P> type, Function<P, String> word) {
    Map<String, P> found = new LinkedHashMap<>();
    Set<String> seen = new LinkedHashSet<>();
    for (URL file : registrations(type)) {
      for (String name : names(file)) {
        if (seen.add(name)) {
          P provider = make(type, name, file);
          String chosen = word(provider, word, file);
          P other = found.putIfAbsent(chosen, provider);
          if (other != null) {
            String taken = "its word " + chosen + " is that of " + other.getClass().getName();
            throw failure(file, name, taken + " in " + jar(other.getClass()), null);
          }
        }
      }
    }
    return List.copyOf(found.values());
  }

  private static List<URL> registrations(Class<?> type) {
    try {
      return Collections.list(type.getClassLoader().getResources(SERVICES + type.getName()));
    } catch (IOException e) {
      throw new IllegalStateException(SERVICES + type.getName() + ": " + e.getMessage(), e);
    }
  }

  private static List<String> names(URL file) {
    List<String> names = new ArrayList<>();
    try (BufferedReader lines =
        new BufferedReader(new InputStreamReader(file.openStream(), StandardCharsets.UTF_8))) {
      lines
          .lines()
          .map(line -> line.replaceAll("#.*", "").strip())
          .filter(line -> !line.isEmpty())
          .forEach(names::add);
    } catch (IOException e) {
      throw new IllegalStateException(file + ": " + e.getMessage(), e);
    }
    return names;
  }

  private static <P> P make(Class<P> type, String name, URL file) {
    try {
      Class<?> provider = Class.forName(name, true, type.getClassLoader());
      return provider.asSubclass(type).getConstructor().newInstance();
    } catch (ClassNotFoundException e) {
      throw failure(file, name, "there is no such class", e);
    } catch (NoSuchMethodException | IllegalAccessException | InstantiationException e) {
      throw failure(file, name, "not a public class with a public constructor of no parameter", e);
    } catch (ClassCastException e) {
      throw failure(file, name, "not a " + type.getName(), e);
    } catch (InvocationTargetException | ExceptionInInitializerError e) {
      throw failure(file, name, String.valueOf(e.getCause()), e);
    } catch (LinkageError e) {
      throw failure(file, name, e.toString(), e);
    }
  }

  private static <P> String word(P provider, Function<P, String> word, URL file) {
    String name = provider.getClass().getName();
    String chosen;
    try {
      chosen = word.apply(provider);
    } catch (RuntimeException | Error e) {
      throw failure(file, name, e.toString(), e);
    }
    if (chosen == null || !WORD.matcher(chosen).matches()) {
      throw failure(file, name, "its word " + chosen + " is not like event-loop", null);
    }
    return chosen;
  }

  private static IllegalStateException failure(URL file, String name, String why, Throwable e) {
    String line = jar(file) + ": " + name + " cannot be used: " + why;
    return new IllegalStateException(line.replaceAll("\\s*\\R.*", ""), e);
  }

  /** The jar or directory that contains a class. */
  public static Path jar(Class<?> type) {
    return path(type.getProtectionDomain().getCodeSource().getLocation().toString());
  }

  private static Path jar(URL file) {
    String url = file.toString();
    return path(url.substring(0, url.indexOf(SERVICES)).replaceAll("^jar:|!/$", ""));
  }

  private static Path path(String url) {
    return Path.of(URI.create(url));
  }
}

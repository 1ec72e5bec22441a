package io.upper.live;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The live page in one file, with its events: styles, scripts and texts are inside, and its
 * Content-Security-Policy allows just these, by hash. Its modules become one: each follows those
 * that it imports, without the import lines and the word {@code export} (main.js says what that
 * asks of them).
 */
final class ReplayPage {
  private static final Pattern STYLE =
      Pattern.compile("<link rel=\"stylesheet\" href=\"live/([^\"]+)\">");
  private static final Pattern SCRIPT =
      Pattern.compile("<script src=\"live/([^\"]+)\"( defer| type=\"module\")></script>");
  private static final Pattern ICON = Pattern.compile("<link rel=\"icon\"[^>]*>\n?");
  private static final Pattern IMPORT =
      Pattern.compile("(?m)^import [^\n]*from \"\\./([^\"]+)\";\n?");
  private static final Pattern EXPORT = Pattern.compile("(?m)^export ");
  private static final List<String> TEXTS = List.of("en.json", "es.json");
  private static final String HEAD_BEGINS = "<head>\n";
  private static final String HEAD_ENDS = "</head>";

  private final Set<String> styleHashes = new LinkedHashSet<>();
  private final Set<String> scriptHashes = new LinkedHashSet<>();

  private ReplayPage() {}

  /**
   * The page; blocks.
   *
   * @param events what the page replays: state, batches and samples
   * @throws IOException if a file of the page is missing
   */
  static LiveFiles.Content of(JsonObject events) throws IOException {
    return new ReplayPage().build(events);
  }

  private LiveFiles.Content build(JsonObject events) throws IOException {
    String page = ICON.matcher(text(LiveFiles.INDEX)).replaceAll("");
    page = inline(page, STYLE, name -> style(text(name)));
    page = inline(page, SCRIPT, this::script);
    StringBuilder data = new StringBuilder();
    for (String name : TEXTS) {
      data.append(data(name, text(name)));
    }
    data.append(data("events", events.encode()));
    page = page.replace(HEAD_ENDS, data + HEAD_ENDS);
    String policy = policy();
    page =
        page.replace(
            HEAD_BEGINS,
            HEAD_BEGINS
                + "<meta http-equiv=\"Content-Security-Policy\" content=\""
                + policy
                + "\">\n");
    return new LiveFiles.Content(
        "text/html; charset=utf-8", page.getBytes(StandardCharsets.UTF_8), policy);
  }

  /** What replaces a reference to a file. */
  private interface Inliner {
    String of(String name) throws IOException;
  }

  private static String inline(String page, Pattern reference, Inliner inliner) throws IOException {
    StringBuilder inlined = new StringBuilder();
    Matcher matcher = reference.matcher(page);
    while (matcher.find()) {
      String replacement = inliner.of(matcher.group(1));
      matcher.appendReplacement(inlined, Matcher.quoteReplacement(replacement));
    }
    return matcher.appendTail(inlined).toString();
  }

  private String style(String text) {
    styleHashes.add(hash(text));
    return "<style>" + text + "</style>";
  }

  private String script(String name) throws IOException {
    boolean module = IMPORT.matcher(text(name)).find();
    StringBuilder joined = new StringBuilder();
    join(name, new LinkedHashSet<>(), joined);
    // A parser of HTML would end the script there.
    String text = joined.toString().replace("</script", "<\\/script");
    scriptHashes.add(hash(text));
    return (module ? "<script type=\"module\">" : "<script>") + text + "</script>";
  }

  private static void join(String name, Set<String> joined, StringBuilder all) throws IOException {
    if (!joined.add(name)) {
      return;
    }
    String text = text(name);
    Matcher imports = IMPORT.matcher(text);
    while (imports.find()) {
      join(imports.group(1), joined, all);
    }
    all.append(EXPORT.matcher(IMPORT.matcher(text).replaceAll("")).replaceAll(""));
  }

  /** A block of data, which no browser runs. */
  private static String data(String id, String json) {
    // No tag can begin in it.
    return "<script type=\"application/json\" id=\""
        + id
        + "\">"
        + json.replace("<", "\\u003c")
        + "</script>\n";
  }

  private String policy() {
    return "default-src 'none'; script-src "
        + String.join(" ", scriptHashes)
        + "; style-src "
        + String.join(" ", styleHashes)
        + "; img-src data:; base-uri 'none'; form-action 'none'";
  }

  private static String hash(String text) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      byte[] hash = digest.digest(text.getBytes(StandardCharsets.UTF_8));
      return "'sha256-" + Base64.getEncoder().encodeToString(hash) + "'";
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e); // Every Java has it.
    }
  }

  private static String text(String name) throws IOException {
    byte[] bytes =
        LiveFiles.read(name)
            .orElseThrow(() -> new IOException("the file " + name + " of the page is missing"))
            .bytes();
    return new String(bytes, StandardCharsets.UTF_8);
  }
}

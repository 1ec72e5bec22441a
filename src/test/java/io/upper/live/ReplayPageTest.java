package io.upper.live;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The files of the page are there, and the saved page needs none of them. */
class ReplayPageTest {
  private static final Pattern REFERENCE = Pattern.compile("(?:href|src)=\"live/([^\"]+)\"");
  private static final Pattern IMPORT = Pattern.compile("(?m)^import .* from \"\\./([^\"]+)\";$");
  private static final Pattern RUN =
      Pattern.compile("(?s)<(script|style)(?: type=\"module\")?>(.*?)</\\1>");
  private static final Pattern EVENTS =
      Pattern.compile("(?s)<script type=\"application/json\" id=\"events\">(.*?)</script>");

  private static String text(String name) throws IOException {
    return new String(LiveFiles.read(name).orElseThrow().bytes(), UTF_8);
  }

  @Test
  void whatThePageNamesIsServed() throws IOException {
    Matcher references = REFERENCE.matcher(text(LiveFiles.INDEX));
    int count = 0;
    while (references.find()) {
      String name = references.group(1);
      assertTrue(LiveFiles.read(name).isPresent(), name);
      if (name.endsWith(".js")) {
        Matcher imports = IMPORT.matcher(text(name));
        while (imports.find()) {
          assertTrue(LiveFiles.read(imports.group(1)).isPresent(), imports.group(1));
        }
      }
      count++;
    }
    assertTrue(count >= 4, count + " references");
  }

  @Test
  void theSavedPageIsOneFileThatRunsOnlyWhatIsInIt() throws Exception {
    JsonObject events =
        new JsonObject()
            .put("state", new JsonObject().put("model", "</script><script>alert(1)</script>"))
            .put("batches", new JsonArray())
            .put("samples", new JsonArray());
    LiveFiles.Content saved = ReplayPage.of(events);
    String page = new String(saved.bytes(), UTF_8);

    assertFalse(REFERENCE.matcher(page).find(), "it names another file");
    assertFalse(IMPORT.matcher(page).find(), "a module imports another one");
    assertFalse(Pattern.compile("(?m)^export ").matcher(page).find(), "a module exports");
    Matcher data = EVENTS.matcher(page);
    assertTrue(data.find());
    assertEquals(events, new JsonObject(data.group(1)));

    String policy = saved.policy();
    assertFalse(policy.contains("unsafe"), policy);
    assertTrue(page.contains(policy));
    Matcher run = RUN.matcher(page);
    int count = 0;
    while (run.find()) {
      byte[] hash = MessageDigest.getInstance("SHA-256").digest(run.group(2).getBytes(UTF_8));
      assertTrue(policy.contains("sha256-" + Base64.getEncoder().encodeToString(hash)));
      count++;
    }
    assertEquals(4, count); // uPlot and the page, a style and a script each.
  }
}

package io.upper.live;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.ColorScheme;
import com.microsoft.playwright.options.ReducedMotion;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The live page in a real browser, which it needs: the system's Chromium. */
@Tag("slow")
@Timeout(300)
class LivePageTest {
  private static Chromium chromium;
  private LiveServer server;
  private EventStream events;

  @BeforeAll
  static void launch() {
    chromium = new Chromium();
  }

  @AfterAll
  static void quit() {
    chromium.close();
  }

  private Page open(String model, String job, int clients) throws Exception {
    server = new LiveServer(new JsonObject().put("model", model), job);
    events = server.events();
    press("clients", new JsonObject().put("clients", clients));
    return chromium.open(server.page.link(), chromium.options());
  }

  private void press(String button, JsonObject body) throws Exception {
    String answer = server.press(button, body);
    assertTrue(answer.startsWith("200 "), answer);
  }

  @AfterEach
  void close() throws Exception {
    try {
      chromium.assertQuiet(server.uri("").toString());
    } finally {
      chromium.reset();
      events.close();
      server.close();
    }
  }

  /**
   * Of ten clients one is served by the only loop; of the others, all but those that think wait.
   */
  @Test
  void tenClientsFormOneQueueWithIterativeAndNoneWithEventLoop() throws Exception {
    Page page = open("iterative", "sleep:200", 10);
    page.locator("[data-lane][data-queue='8'], [data-lane][data-queue='9']").waitFor();
    assertEquals(1, page.locator("[data-lane]").count());
    assertEquals(10, page.locator("[data-client]:not(.gone)").count());
    assertTrue(
        page.locator("#now").textContent().matches("\\d requests? waits? for event loop A.*"));

    page.locator("[data-model='event-loop']").click();
    JsonArray applied = events.await("c", e -> e.getString(2).contains("model"));
    page.locator("[data-model='event-loop'][aria-pressed='true']").waitFor();
    page.locator("#log li.change", hasText(applied.getString(2))).first().waitFor();
    // The others think. On a busy machine they do so for longer.
    String served =
        IntStream.rangeClosed(5, 10)
            .mapToObj(clients -> "[data-lane][data-queue='0'][data-served='" + clients + "']")
            .collect(Collectors.joining(", "));
    String waiting = ".chip[data-phase='sent'], .chip[data-phase='waits']";
    page.locator("body:has(" + served + "):not(:has(" + waiting + "))").waitFor();
  }

  private static Page.LocatorOptions hasText(String text) {
    return new Page.LocatorOptions().setHasText(text);
  }

  /** What the page tells of a request is calculated again, from the events. */
  @Test
  void aBarTellsWhatTheEventsSay() throws Exception {
    Page page = open("iterative", "sleep:200", 4);
    for (int i = 1; i <= 12; i++) {
      int number = i;
      events.await("r", e -> e.getInteger(3) >= number);
    }
    page.locator(".request .on:not([visibility='hidden'])").nth(3).waitFor(attached());
    page.locator("#pause").click();
    page.locator("#scrub")
        .evaluate("e => { e.value = -0.3; e.dispatchEvent(new Event('input')); }");
    assertTrue(page.locator("#when").textContent().startsWith("paused"));
    String before = page.locator("#when").textContent();
    // The controls show a new time at once, the bars with the next picture.
    // (Asked from here: the page's policy forbids what waitForFunction does there.)
    page.waitForCondition(() -> shown(page, "#timeline").equals(shown(page, "#when")));
    ToldRequest request = oneThatWaited(page);
    page.locator(".request[data-request='" + request.number() + "'] .bar").click();
    page.locator(".request.selected").waitFor(attached());
    String told = page.locator("#sentence").textContent().replace('\u00a0', ' ');
    assertEquals(request.sentence(), told);
    assertEquals(before, page.locator("#when").textContent());
    String source = page.locator("#source").getAttribute("href");
    assertTrue(server.get("/" + source).body().contains("class IterativeModel"));

    // Time stands still, step by step, until it is live again.
    page.locator("#back").click();
    assertNotEquals(told, page.locator("#sentence").textContent());
    page.locator("#live").click();
    assertEquals("live", page.locator("#when").textContent());
  }

  private static String shown(Page page, String selector) {
    return page.locator(selector).getAttribute("data-time");
  }

  // The first one whose bar begins in the timeline.
  private ToldRequest oneThatWaited(Page page) throws InterruptedException {
    for (Locator bar : page.locator(".request:has(.on:not([visibility='hidden']))").all()) {
      ToldRequest request =
          new ToldRequest(events, Integer.parseInt(bar.getAttribute("data-request")));
      if (request.waited()) {
        return request;
      }
    }
    throw new AssertionError("no request waited");
  }

  private static Locator.WaitForOptions attached() {
    return new Locator.WaitForOptions()
        .setState(com.microsoft.playwright.options.WaitForSelectorState.ATTACHED);
  }

  @Test
  void aKilledProcessEndsItsLaneAndAnotherBegins() throws Exception {
    Page page = open("process-per-connection", "sleep:100", 1);
    JsonArray first = events.await("b", e -> true);
    int lane = first.getInteger(4);
    page.locator("[data-lane='" + lane + "']").waitFor();
    page.locator("#do-kill").click();
    page.locator("[data-lane='" + lane + "'].ended").waitFor();
    JsonArray next = events.await("b", e -> e.getInteger(4) != lane);
    page.locator("[data-lane='" + next.getInteger(4) + "']:not(.ended)").waitFor();
    page.locator("#log li.break").first().waitFor();
  }

  @ParameterizedTest
  @CsvSource({"400, LIGHT", "400, DARK", "1400, LIGHT", "1400, DARK", "3840, DARK"})
  void nothingLeavesTheWindow(int width, ColorScheme scheme) throws Exception {
    open("iterative", "sleep:200", 6);
    Page page =
        chromium.open(
            server.page.link(),
            chromium
                .options()
                .setViewportSize(width, width * 9 / 14 + 500)
                .setColorScheme(scheme)
                .setReducedMotion(ReducedMotion.REDUCE)
                .setLocale(scheme == ColorScheme.DARK ? "es-ES" : "en-US"));
    page.locator("[data-lane][data-queue='4'], [data-lane][data-queue='5']").waitFor();
    page.locator("[data-strip='lag'] canvas").waitFor();
    assertEquals(width, page.evaluate("document.documentElement.scrollWidth"));
    boolean dark = scheme == ColorScheme.DARK;
    String paper = dark ? "rgb(20, 23, 28)" : "rgb(255, 255, 255)";
    assertEquals(paper, page.evaluate("getComputedStyle(document.body).backgroundColor"));
    assertEquals(dark ? "Pausa" : "Pause", page.locator("#pause").textContent());
    Path pictures = Files.createDirectories(Path.of("target", "live"));
    page.screenshot(
        new Page.ScreenshotOptions().setPath(pictures.resolve(width + "-" + scheme + ".png")));
  }

  /** Pause, choose a bar, change the model: with Tab, Enter and arrows. */
  @Test
  void theKeyboardAloneWorks() throws Exception {
    Page page = open("iterative", "sleep:200", 3);
    page.locator(".request").nth(4).waitFor(attached());
    tabTo(page, "pause");
    page.keyboard().press("Enter");
    page.locator("#pause[aria-pressed='true']").waitFor();
    assertNotEquals("none", page.evaluate("getComputedStyle(document.activeElement).outlineStyle"));
    tabTo(page, "scrub");
    page.keyboard().press("ArrowLeft");
    tabTo(page, "timeline");
    page.keyboard().press("ArrowUp");
    page.keyboard().press("ArrowLeft");
    page.keyboard().press("Enter");
    assertTrue(page.locator("#sentence").textContent().startsWith("Client "));
    assertEquals("polite", page.locator("#sentence").getAttribute("aria-live"));
    tabTo(page, "event-loop");
    page.keyboard().press("Enter");
    page.locator("[data-model='event-loop'][aria-pressed='true']").waitFor();
  }

  private static void tabTo(Page page, String wanted) {
    for (int i = 0; i < 60; i++) {
      page.keyboard().press("Tab");
      Object at =
          page.evaluate("document.activeElement.dataset.model ?? document.activeElement.id");
      if (wanted.equals(at)) {
        return;
      }
    }
    throw new AssertionError("Tab does not lead to " + wanted);
  }

  /** The saved page is one file: no server, no buttons, the same picture and sentences. */
  @Test
  void aSavedPageReplays(@TempDir Path directory) throws Exception {
    open("iterative", "sleep:100", 3);
    events.await("r", e -> e.getInteger(3) >= 9);
    Path file = directory.resolve("upper-live.html");
    Files.writeString(file, server.get("/live/replay.html?token=" + server.token()).body(), UTF_8);
    chromium.assertQuiet(server.uri("").toString());
    chromium.reset();

    Page page = chromium.open(file.toUri().toString(), chromium.options());
    page.locator("[data-lane][data-served='1']").waitFor();
    assertFalse(page.locator("#models").isVisible());
    page.locator(".request").nth(2).waitFor(attached());
    page.locator("#timeline").press("ArrowUp");
    assertTrue(page.locator("#sentence").textContent().startsWith("Client "));
    chromium.assertQuiet(file.toUri().toString());
    chromium.reset();
  }
}

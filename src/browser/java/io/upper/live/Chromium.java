package io.upper.live;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.fail;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Playwright;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The system's Chromium, driven by Playwright, and what its pages complain of. Used by one thread.
 */
final class Chromium implements AutoCloseable {
  private static final double PATIENCE_MILLIS = 60_000;
  private static final List<String> NAMES =
      List.of("chromium", "google-chrome", "chromium-browser");

  private final Playwright playwright;
  private final Browser browser;
  private final List<String> complaints = new ArrayList<>();
  private final List<String> requests = new ArrayList<>();

  Chromium() {
    // The system's own: nothing is downloaded.
    Map<String, String> environment = Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1");
    playwright = Playwright.create(new Playwright.CreateOptions().setEnv(environment));
    browser =
        playwright
            .chromium()
            .launch(
                new BrowserType.LaunchOptions()
                    .setExecutablePath(executable())
                    .setTimeout(2 * PATIENCE_MILLIS)
                    // Its sandbox does not work for root, in a container: the page is our own.
                    .setArgs(List.of("--no-sandbox")));
  }

  private static Path executable() {
    return Stream.of(System.getenv("PATH").split(File.pathSeparator))
        .flatMap(directory -> NAMES.stream().map(name -> Path.of(directory, name)))
        .filter(Files::isExecutable)
        .findFirst()
        .orElseGet(() -> fail("no chromium in PATH: install Debian's package chromium"));
  }

  Browser.NewContextOptions options() {
    return new Browser.NewContextOptions().setViewportSize(1400, 900).setLocale("en-US");
  }

  /** Opens an address in a window of its own, and records what goes wrong there. */
  Page open(String address, Browser.NewContextOptions options) {
    BrowserContext context = browser.newContext(options);
    context.setDefaultTimeout(PATIENCE_MILLIS);
    Page page = context.newPage();
    page.onConsoleMessage(
        message -> {
          if (List.of("error", "warning").contains(message.type())) {
            complaints.add(message.text());
          }
        });
    page.onPageError(complaints::add);
    page.onRequest(request -> requests.add(request.url()));
    page.navigate(address);
    return page;
  }

  /** Fails if a page has logged an error, or asked for anything that does not begin like this. */
  void assertQuiet(String allowed) {
    assertEquals(List.of(), complaints);
    assertEquals(List.of(), requests.stream().filter(url -> !url.startsWith(allowed)).toList());
  }

  /** Closes the windows, and forgets what they complained of. */
  void reset() {
    browser.contexts().forEach(BrowserContext::close);
    complaints.clear();
    requests.clear();
  }

  @Override
  public void close() {
    playwright.close();
  }
}

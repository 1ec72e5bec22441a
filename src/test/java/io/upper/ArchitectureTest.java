package io.upper;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.io.PrintStream;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Dependencies between packages, and what only a few classes may do. */
@Tag("one-jdk")
class ArchitectureTest {
  /** From top to bottom: each may use those below it, and those of its row. */
  private static final List<Set<String>> LAYERS =
      List.of(
          Set.of("Main"),
          Set.of("cli"),
          Set.of("lesson"),
          Set.of("check", "stress", "lab", "live"),
          Set.of("report"),
          Set.of("cluster"),
          Set.of("admin"),
          Set.of("MainVerticle", "RunningServers"),
          Set.of("prefork"),
          Set.of("server"),
          Set.of("client"),
          Set.of("model"),
          Set.of("config"),
          Set.of("service", "job", "text", "cert"),
          Set.of("net", "jvm"));

  /** The only users of internals that are not published, or not in every version. */
  private static final Set<String> HOOKS =
      Set.of(
          "io.upper.server.ListeningChannel",
          "io.upper.server.HalfClose",
          "io.upper.server.OpenSslHalfClose",
          "io.upper.server.HandshakeTimeout",
          "io.upper.model.VirtualThreads",
          "io.upper.text.AsciiBlocks",
          // A class that a user names or registers.
          "io.upper.cli.RunCommand",
          "io.upper.jvm.Providers",
          "io.upper.model.ServiceFilter",
          // The launcher checks its options there.
          "io.upper.cli.LaunchedVerticle");

  /** The main classes of child processes. */
  private static final Set<String> CHILDREN = Set.of("io.upper.model.ServiceFilter");

  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("io.upper");

  @Test
  void dependenciesPointDown() {
    Set<String> upwards = new TreeSet<>();
    for (JavaClass type : CLASSES) {
      type.getDirectDependenciesFromSelf().stream()
          .map(dependency -> dependency.getTargetClass().getBaseComponentType())
          .filter(target -> target.getPackageName().startsWith("io.upper"))
          .filter(target -> layer(target) < layer(type))
          .forEach(target -> upwards.add(type.getName() + " uses " + target.getName()));
    }
    assertEquals(Set.of(), upwards);
  }

  private static int layer(JavaClass type) {
    String name = type.getName().replaceFirst("^io\\.upper\\.", "").replaceFirst("[.$].*", "");
    for (int i = 0; i < LAYERS.size(); i++) {
      if (LAYERS.get(i).contains(name)) {
        return i;
      }
    }
    throw new AssertionError(name + " is in no layer");
  }

  @Test
  void noCycleBetweenPackages() {
    slices().matching("io.upper.(**)").should().beFreeOfCycles().check(CLASSES);
  }

  @Test
  void lessonsUseNothingOfTheProject() {
    noClasses()
        .that()
        .resideInAPackage("io.upper.lesson")
        .should()
        .dependOnClassesThat(
            resideInAnyPackage("io.upper..")
                .and(DescribedPredicate.not(resideInAnyPackage("io.upper.lesson"))))
        .check(CLASSES);
  }

  @Test
  void onlyHooksUseInternalsAndReflection() {
    noClasses()
        .that(areNoneOf(HOOKS))
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("java.lang.reflect..", "io.vertx..impl..")
        .orShould()
        .dependOnClassesThat()
        .haveFullyQualifiedName("java.lang.invoke.MethodHandles")
        .orShould()
        .callMethod(Class.class, "forName", String.class)
        .orShould()
        .callMethod(Class.class, "forName", String.class, boolean.class, ClassLoader.class)
        .check(CLASSES);
  }

  @Test
  void onlyMainAndCliConcernTheWholeProcess() {
    noClasses()
        .that(areNoneOf(CHILDREN))
        .and()
        .doNotHaveFullyQualifiedName("io.upper.Main")
        .and()
        .resideOutsideOfPackages("io.upper.cli", "io.upper.lesson")
        .should()
        .callMethod(System.class, "exit", int.class)
        .orShould()
        .callMethod(System.class, "setProperty", String.class, String.class)
        .orShould()
        .callMethod(System.class, "setOut", PrintStream.class)
        .orShould()
        .callMethod(System.class, "setErr", PrintStream.class)
        .orShould()
        .callMethod(Runtime.class, "exit", int.class)
        .orShould()
        .callMethod(Runtime.class, "halt", int.class)
        .orShould()
        .dependOnClassesThat()
        .resideInAnyPackage("sun.misc..", "ch.qos.logback..")
        .check(CLASSES);
  }

  private static DescribedPredicate<JavaClass> areNoneOf(Set<String> names) {
    return DescribedPredicate.describe(
        "are none of " + names, type -> !names.contains(type.getName().replaceFirst("\\$.*", "")));
  }
}

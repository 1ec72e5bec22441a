package io.upper.check;

/**
 * One thing that is checked.
 *
 * @param id stable: protocol, group, name
 * @param requirement whether a failure is a fault or a weakness
 * @param sentence what the server does if it is right
 * @param mistake the usual mistake
 * @param why it matters
 * @param lesson a lesson that does it right; empty if none does
 * @param right the class of Upper that does it right
 * @param full what it costs
 * @param brief what its short form costs
 * @param body throws if the server is wrong
 */
public record CheckCase(
    String id,
    Requirement requirement,
    Level level,
    String sentence,
    String mistake,
    String why,
    String lesson,
    String right,
    Cost full,
    Cost brief,
    Body body) {

  /** Runs the case; called by the grader's thread, which it may block within the case's limit. */
  public interface Body {
    /**
     * Talks to the server.
     *
     * @throws CheckFailure if the server is wrong
     * @throws NotApplicable if the case says nothing about a server of this kind
     */
    void run(Attempt attempt) throws CheckFailure, NotApplicable;
  }

  /** Whether it only asks if the server still serves: if not, nothing more can be graded. */
  public boolean proves() {
    return id.contains("/serves/");
  }

  /** The same case over another protocol, with a lesson that passes it there. */
  public CheckCase over(String protocol, String passes) {
    return new CheckCase(
        protocol + id.substring(id.indexOf('/')),
        requirement,
        level,
        sentence,
        mistake,
        why,
        passes,
        right,
        full,
        brief,
        body);
  }

  /** {@code tcp}. */
  public String protocol() {
    return id.substring(0, id.indexOf('/'));
  }

  /** {@code tcp/end}. */
  public String group() {
    return id.substring(0, id.lastIndexOf('/'));
  }

  /** {@code end}. */
  public String groupName() {
    return group().substring(group().indexOf('/') + 1);
  }
}

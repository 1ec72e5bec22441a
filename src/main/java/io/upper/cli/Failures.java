package io.upper.cli;

import io.upper.config.ConfigurationException;
import io.upper.jvm.Arguments;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.util.concurrent.Callable;

/** The failures of a command: one line on standard error, and an exit status. */
public final class Failures {
  public static final int FAILED = 1;
  public static final int BAD_USAGE = 2;

  private Failures() {}

  /** Runs a command; returns its exit status, or that of its failure, which is printed. */
  static int run(Callable<Integer> command, boolean verbose) {
    try {
      return command.call();
    } catch (Exception e) {
      return report(e, verbose);
    }
  }

  /**
   * Prints why a command failed.
   *
   * @param verbose whether to print the stack trace, too
   * @return the exit status; 0 if a stop caused the failure
   */
  static int report(Exception failure, boolean verbose) {
    if (StopSignals.isStopping()) {
      return 0;
    }
    String message = message(failure);
    System.err.println(
        failure instanceof InvalidPathException ? message + Arguments.hint() : message);
    if (verbose) {
      failure.printStackTrace();
    }
    return failure instanceof ConfigurationException ? BAD_USAGE : FAILED;
  }

  private static String message(Exception failure) {
    if (failure instanceof FileSystemException file && file.getReason() == null) {
      // Its message is only the path.
      return file.getFile() + ": " + reason(file);
    }
    return failure.getMessage() == null ? failure.toString() : failure.getMessage();
  }

  private static String reason(FileSystemException failure) {
    if (failure instanceof NoSuchFileException) {
      return "no such file or directory";
    }
    if (failure instanceof AccessDeniedException) {
      return "permission denied";
    }
    return failure instanceof FileAlreadyExistsException
        ? "it exists already"
        : "this file cannot be used";
  }
}

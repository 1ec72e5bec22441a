package io.upper.model;

import io.netty.util.concurrent.DefaultThreadFactory;
import java.util.concurrent.ThreadFactory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Virtual threads, by reflection since the project is compiled for Java 17. */
final class VirtualThreads {
  private static final Logger LOG = LoggerFactory.getLogger(VirtualThreads.class);

  private VirtualThreads() {}

  /**
   * Creates virtual threads with numbered names; without them platform threads, and a line in the
   * log.
   */
  static ThreadFactory orPlatform(String name) {
    return orPlatform(name, "java.lang.Thread$Builder");
  }

  static ThreadFactory orPlatform(String name, String builderClass) {
    try {
      Class<?> builder = Class.forName(builderClass);
      Object virtual = Thread.class.getMethod("ofVirtual").invoke(null);
      builder.getMethod("name", String.class, long.class).invoke(virtual, name + "-virtual-", 1L);
      return (ThreadFactory) builder.getMethod("factory").invoke(virtual);
    } catch (ReflectiveOperationException e) {
      LOG.info(
          "Java {} has no virtual threads: each connection takes a platform thread, so the limit"
              + " is a few thousand",
          Runtime.version().feature());
      return new DefaultThreadFactory(name, true);
    }
  }
}

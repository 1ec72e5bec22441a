/*
 * Uppercase (ASCII) over TCP or UDP with Linux system calls only: two threads, each with its own
 * epoll set; read, map in place, write. A client that reads slowly blocks all others on its thread:
 * this is a peer for the benchmark, not an example of a server.
 *
 *   epoll_server tcp|udp      prints its port: "c listening on 127.0.0.1:40312"
 */
#include "server.h"

enum { BATCH = 32, DATAGRAM = 2048 };

static int epolls[THREADS];
static int listener = -1;

/* Assigns connections to the threads in turn. */
static void take(void) {
  static int turn;
  int fd = accept_from(listener);
  if (fd >= 0) watch(epolls[turn++ % THREADS], fd, (epoll_data_t){.fd = fd});
}

/* Writes all bytes, however slowly the client reads. */
static int write_all(int fd, unsigned char *bytes, size_t length) {
  while (length > 0) {
    ssize_t sent = send(fd, bytes, length, MSG_NOSIGNAL);
    if (sent < 0 && errno == EAGAIN) {
      await(fd, POLLOUT);
    } else if (sent < 0) {
      return -1;
    } else {
      bytes += sent;
      length -= (size_t)sent;
    }
  }
  return 0;
}

static void answer(int fd, unsigned char *buffer) {
  ssize_t length = read(fd, buffer, BUFFER);
  if (length > 0) upper(buffer, (size_t)length);
  if (length == 0 || (length < 0 && errno != EAGAIN) ||
      (length > 0 && write_all(fd, buffer, (size_t)length) < 0)) {
    close(fd);
  }
}

static void *serve_streams(void *argument) {
  int set = epolls[(intptr_t)argument];
  unsigned char *buffer = malloc(BUFFER);
  struct epoll_event events[EVENTS];
  for (;;) {
    int count = epoll_wait(set, events, EVENTS, -1);
    for (int i = 0; i < count; i++) {
      if (events[i].data.fd == listener) {
        take();
      } else {
        answer(events[i].data.fd, buffer);
      }
    }
  }
  return NULL;
}

static void *serve_datagrams(void *argument) {
  int fd = (int)(intptr_t)argument;
  static _Thread_local unsigned char buffers[BATCH][DATAGRAM];
  static _Thread_local struct sockaddr_in senders[BATCH];
  struct iovec pieces[BATCH];
  struct mmsghdr messages[BATCH];
  for (;;) {
    memset(messages, 0, sizeof messages);
    for (int i = 0; i < BATCH; i++) {
      pieces[i] = (struct iovec){.iov_base = buffers[i], .iov_len = DATAGRAM};
      messages[i].msg_hdr = (struct msghdr){.msg_name = &senders[i],
                                            .msg_namelen = sizeof senders[i],
                                            .msg_iov = &pieces[i],
                                            .msg_iovlen = 1};
    }
    int count = recvmmsg(fd, messages, BATCH, MSG_WAITFORONE, NULL);
    for (int i = 0; i < count; i++) {
      upper(buffers[i], messages[i].msg_len);
      pieces[i].iov_len = messages[i].msg_len;
    }
    for (int sent = 0; sent < count;) {
      int more = sendmmsg(fd, messages + sent, (unsigned)(count - sent), 0);
      if (more < 0) break;
      sent += more;
    }
  }
  return NULL;
}

int main(int count, char **arguments) {
  if (count < 2) {
    fprintf(stderr, "usage: epoll_server tcp|udp\n");
    return 2;
  }
  int udp = strcmp(arguments[1], "udp") == 0;
  struct sockaddr_in address = {.sin_family = AF_INET,
                                .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  pthread_t threads[THREADS];
  if (!udp) {
    listener = open_listener(&address);
    for (int i = 0; i < THREADS; i++) epolls[i] = epoll_create1(0);
    watch(epolls[0], listener, (epoll_data_t){.fd = listener});
  }
  for (intptr_t i = 0; i < THREADS; i++) {
    void *argument = udp ? (void *)(intptr_t)open_socket(SOCK_DGRAM, &address) : (void *)i;
    pthread_create(&threads[i], NULL, udp ? serve_datagrams : serve_streams, argument);
  }
  serve(&address, threads[0]);
}

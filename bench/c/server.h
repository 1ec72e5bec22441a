/* What the two C peers share: sockets, and the kernel. */
#ifndef SERVER_H
#define SERVER_H

#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { THREADS = 2, EVENTS = 64, BUFFER = 64 * 1024 };

static inline void fail(const char *what) {
  perror(what);
  exit(1);
}

/* The compiler vectorizes this loop. */
static inline void upper(unsigned char *bytes, size_t length) {
  for (size_t i = 0; i < length; i++) {
    unsigned char letter = (unsigned char)(bytes[i] - 'a') < 26;
    bytes[i] = (unsigned char)(bytes[i] - letter * 0x20);
  }
}

/* On a free port of the loopback, unless the address has one. */
static inline int open_socket(int type, struct sockaddr_in *address) {
  int fd = socket(AF_INET, type, 0);
  int one = 1;
  socklen_t length = sizeof *address;
  if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &one, sizeof one) < 0 ||
      bind(fd, (struct sockaddr *)address, length) < 0 ||
      getsockname(fd, (struct sockaddr *)address, &length) < 0) {
    fail("socket");
  }
  return fd;
}

static inline int open_listener(struct sockaddr_in *address) {
  int fd = open_socket(SOCK_STREAM | SOCK_NONBLOCK, address);
  if (listen(fd, 1024) < 0) fail("listen");
  return fd;
}

/* A waiting connection, or -1. */
static inline int accept_from(int listener) {
  int fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK);
  int one = 1;
  if (fd >= 0) setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  return fd;
}

static inline void watch(int set, int fd, epoll_data_t data) {
  struct epoll_event event = {.events = EPOLLIN, .data = data};
  if (epoll_ctl(set, EPOLL_CTL_ADD, fd, &event) < 0) fail("epoll_ctl");
}

static inline void await(int fd, short events) {
  struct pollfd ready = {.fd = fd, .events = events};
  poll(&ready, 1, -1);
}

/* Prints the port; never returns. */
static inline void serve(const struct sockaddr_in *address, pthread_t thread) {
  printf("c listening on 127.0.0.1:%d\n", ntohs(address->sin_port));
  fflush(stdout);
  pthread_join(thread, NULL);
}

#endif

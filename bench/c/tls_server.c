/*
 * Uppercase (ASCII) over TLS 1.3 with OpenSSL: two threads, each with its own epoll set. Without session
 * tickets, as Netty's servers; like epoll_server, a peer for the benchmark only.
 *
 *   tls_server CERTIFICATES      a directory with server-cert.pem and server-key.pem
 */
#include "server.h"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <signal.h>

static int epolls[THREADS];
static int listener = -1;
static SSL_CTX *context;

/* Assigns connections to the threads in turn. */
static void take(void) {
  static int turn;
  int fd = accept_from(listener);
  if (fd < 0) return;
  SSL *tls = SSL_new(context);
  SSL_set_fd(tls, fd);
  SSL_set_accept_state(tls);
  watch(epolls[turn++ % THREADS], fd, (epoll_data_t){.ptr = tls});
}

/* Waits where the socket is full; returns whether the connection still works. */
static int write_all(SSL *tls, const unsigned char *bytes, int length) {
  for (;;) {
    int sent = SSL_write(tls, bytes, length);
    if (sent > 0) return 1;
    if (SSL_get_error(tls, sent) != SSL_ERROR_WANT_WRITE) return 0;
    await(SSL_get_fd(tls), POLLOUT);
  }
}

/* Handshakes and reads until the socket is empty. */
static void answer(SSL *tls, unsigned char *buffer) {
  int length;
  ERR_clear_error();
  while ((length = SSL_read(tls, buffer, BUFFER)) > 0) {
    upper(buffer, (size_t)length);
    if (!write_all(tls, buffer, length)) break;
  }
  if (length > 0 || SSL_get_error(tls, length) != SSL_ERROR_WANT_READ) {
    int fd = SSL_get_fd(tls);
    SSL_free(tls);
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
      if (events[i].data.ptr == NULL) {
        take();
      } else {
        answer(events[i].data.ptr, buffer);
      }
    }
  }
  return NULL;
}

static SSL_CTX *with(const char *directory) {
  char certificate[4096], key[4096];
  snprintf(certificate, sizeof certificate, "%s/server-cert.pem", directory);
  snprintf(key, sizeof key, "%s/server-key.pem", directory);
  SSL_CTX *made = SSL_CTX_new(TLS_server_method());
  SSL_CTX_set_min_proto_version(made, TLS1_3_VERSION);
  SSL_CTX_set_num_tickets(made, 0);
  SSL_CTX_set_session_cache_mode(made, SSL_SESS_CACHE_OFF);
  /* One read for several records, instead of two for each. */
  SSL_CTX_set_read_ahead(made, 1);
  SSL_CTX_set_default_read_buffer_len(made, BUFFER);
  if (SSL_CTX_use_certificate_chain_file(made, certificate) != 1 ||
      SSL_CTX_use_PrivateKey_file(made, key, SSL_FILETYPE_PEM) != 1) {
    ERR_print_errors_fp(stderr);
    exit(1);
  }
  return made;
}

int main(int count, char **arguments) {
  if (count < 2) {
    fprintf(stderr, "usage: tls_server CERTIFICATES\n");
    return 2;
  }
  struct sockaddr_in address = {.sin_family = AF_INET,
                                .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  pthread_t threads[THREADS];
  signal(SIGPIPE, SIG_IGN);
  context = with(arguments[1]);
  listener = open_listener(&address);
  for (int i = 0; i < THREADS; i++) epolls[i] = epoll_create1(0);
  watch(epolls[0], listener, (epoll_data_t){.ptr = NULL});
  for (intptr_t i = 0; i < THREADS; i++) {
    pthread_create(&threads[i], NULL, serve_streams, (void *)i);
  }
  serve(&address, threads[0]);
}

// One HTTP POST by libcurl, whose calls have variable arguments that Swift can't make.
#pragma once
#include <stddef.h>
#include <stdint.h>

// Once, before anything else and while there is one thread. 0 on success.
int outbound_start(void);

// A connection cache for one thread at a time; NULL where there is no memory.
void *_Nullable outbound_handle(void);
void outbound_handle_free(void *_Nullable handle);

typedef struct {
  const char *_Nonnull url;
  // "https" or "http,https".
  const char *_Nonnull protocols;
  const char *_Nonnull const *_Nonnull headers;
  size_t header_count;
  const uint8_t *_Nonnull body;
  size_t body_length;
  long timeout_ms;
  long connect_timeout_ms;
  // Bytes of an answer's body that are read and thrown away; more end the transfer.
  size_t response_limit;
  // Certificates that are trusted; NULL for the system's.
  const char *_Nullable ca_file;
  // Whether an address of 4 or 16 bytes may be connected to. Asked for each address right before the
  // connection to it is made.
  int (*_Nonnull allows)(void *_Nonnull context, const uint8_t *_Nonnull address, int length);
  // Whether the transfer is to be broken off; asked about every second.
  int (*_Nonnull stops)(void *_Nonnull context);
  void *_Nonnull context;
} outbound_request;

typedef struct {
  // A CURLcode.
  int code;
  // 0 where no answer came.
  long status;
  // Of the header Retry-After; 0 without.
  int64_t retry_after;
  // Addresses that were allowed, and that were not.
  int allowed;
  int refused;
} outbound_response;

outbound_response outbound_post(void *_Nonnull handle, const outbound_request *_Nonnull request);

// The parts of a URL that matter to whom a request may go; each is NULL where it is absent.
typedef struct {
  char *_Nullable scheme;
  // As libcurl connects to it: numbers are written as dotted decimal, IPv6 in brackets.
  char *_Nullable host;
  char *_Nullable user;
  char *_Nullable fragment;
  char *_Nullable zone;
} outbound_url;

// Reads a URL as the transfer will. 0 on success.
int outbound_url_parse(const char *_Nonnull text, outbound_url *_Nonnull url);
void outbound_url_free(outbound_url *_Nonnull url);

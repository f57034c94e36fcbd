#define _GNU_SOURCE
#include "COutbound.h"
#include <curl/curl.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

int outbound_start(void) {
  return (int)curl_global_init(CURL_GLOBAL_DEFAULT);
}

void *outbound_handle(void) {
  return curl_easy_init();
}

void outbound_handle_free(void *handle) {
  if (handle) curl_easy_cleanup(handle);
}

typedef struct {
  const outbound_request *request;
  outbound_response response;
  size_t received;
} transfer;

static curl_socket_t open_socket(void *context, curlsocktype purpose, struct curl_sockaddr *address) {
  (void)purpose;
  transfer *t = context;
  const uint8_t *bytes = NULL;
  int length = 0;
  if (address->family == AF_INET) {
    bytes = (const uint8_t *)&((const struct sockaddr_in *)(const void *)&address->addr)->sin_addr;
    length = 4;
  } else if (address->family == AF_INET6) {
    bytes = (const uint8_t *)&((const struct sockaddr_in6 *)(const void *)&address->addr)->sin6_addr;
    length = 16;
  }
  if (!bytes || !t->request->allows(t->request->context, bytes, length)) {
    t->response.refused++;
    return CURL_SOCKET_BAD;
  }
  t->response.allowed++;
  return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

static size_t take_body(char *data, size_t size, size_t count, void *context) {
  (void)data;
  transfer *t = context;
  t->received += size * count;
  return t->received > t->request->response_limit ? 0 : size * count;
}

static int progress(void *context, curl_off_t a, curl_off_t b, curl_off_t c, curl_off_t d) {
  (void)a, (void)b, (void)c, (void)d;
  transfer *t = context;
  return t->request->stops(t->request->context);
}

outbound_response outbound_post(void *handle, const outbound_request *request) {
  transfer t = {.request = request};
  struct curl_slist *headers = NULL;
  for (size_t i = 0; i < request->header_count; i++) {
    struct curl_slist *longer = curl_slist_append(headers, request->headers[i]);
    if (!longer) {
      curl_slist_free_all(headers);
      t.response.code = CURLE_OUT_OF_MEMORY;
      return t.response;
    }
    headers = longer;
  }
  CURL *curl = handle;
  // Keeps the connections, forgets everything else.
  curl_easy_reset(curl);
  CURLcode code = CURLE_OK;
#define SET(option, value) \
  if (code == CURLE_OK) code = curl_easy_setopt(curl, option, value)
  SET(CURLOPT_URL, request->url);
  SET(CURLOPT_PROTOCOLS_STR, request->protocols);
  SET(CURLOPT_REDIR_PROTOCOLS_STR, "https");
  SET(CURLOPT_FOLLOWLOCATION, 0L);
  SET(CURLOPT_DISALLOW_USERNAME_IN_URL, 1L);
  // The environment's proxies would connect for us, to wherever they please.
  SET(CURLOPT_PROXY, "");
  SET(CURLOPT_NOPROXY, "*");
  SET(CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
  SET(CURLOPT_NOSIGNAL, 1L);
  SET(CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
  SET(CURLOPT_HTTP09_ALLOWED, 0L);
  SET(CURLOPT_SSL_VERIFYPEER, 1L);
  SET(CURLOPT_SSL_VERIFYHOST, 2L);
  SET(CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
  if (request->ca_file) SET(CURLOPT_CAINFO, request->ca_file);
  SET(CURLOPT_TIMEOUT_MS, request->timeout_ms);
  SET(CURLOPT_CONNECTTIMEOUT_MS, request->connect_timeout_ms);
  SET(CURLOPT_MAXCONNECTS, 4L);
  SET(CURLOPT_OPENSOCKETFUNCTION, open_socket);
  SET(CURLOPT_OPENSOCKETDATA, &t);
  SET(CURLOPT_WRITEFUNCTION, take_body);
  SET(CURLOPT_WRITEDATA, &t);
  SET(CURLOPT_NOPROGRESS, 0L);
  SET(CURLOPT_XFERINFOFUNCTION, progress);
  SET(CURLOPT_XFERINFODATA, &t);
  SET(CURLOPT_HTTPHEADER, headers);
  SET(CURLOPT_POST, 1L);
  SET(CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)request->body_length);
  SET(CURLOPT_POSTFIELDS, (const char *)request->body);
#undef SET
  if (code == CURLE_OK) code = curl_easy_perform(curl);
  t.response.code = (int)code;
  curl_off_t retry_after = 0;
  curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &t.response.status);
  curl_easy_getinfo(curl, CURLINFO_RETRY_AFTER, &retry_after);
  t.response.retry_after = retry_after;
  curl_slist_free_all(headers);
  // What the options point to ends with this call.
  curl_easy_reset(curl);
  return t.response;
}

static char *part(CURLU *handle, CURLUPart what) {
  char *text = NULL;
  return curl_url_get(handle, what, &text, 0) == CURLUE_OK ? text : NULL;
}

int outbound_url_parse(const char *text, outbound_url *url) {
  memset(url, 0, sizeof *url);
  CURLU *handle = curl_url();
  if (!handle) return -1;
  int code = (int)curl_url_set(handle, CURLUPART_URL, text, 0);
  if (code == 0) {
    url->scheme = part(handle, CURLUPART_SCHEME);
    url->host = part(handle, CURLUPART_HOST);
    url->user = part(handle, CURLUPART_USER);
    url->fragment = part(handle, CURLUPART_FRAGMENT);
    url->zone = part(handle, CURLUPART_ZONEID);
  }
  curl_url_cleanup(handle);
  return code;
}

void outbound_url_free(outbound_url *url) {
  curl_free(url->scheme);
  curl_free(url->host);
  curl_free(url->user);
  curl_free(url->fragment);
  curl_free(url->zone);
  memset(url, 0, sizeof *url);
}

#include "pango_cairo.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>

// Where Homebrew puts it is not among the folders that are searched on macOS.
static const char *const paths[] = {
#ifdef __APPLE__
    "/opt/homebrew/lib/libpangocairo-1.0.0.dylib",
    "/usr/local/lib/libpangocairo-1.0.0.dylib",
    "libpangocairo-1.0.0.dylib",
#else
    "libpangocairo-1.0.so.0",
#endif
};

static struct apus_pango_cairo functions;
static bool is_loaded;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void load(void) {
  void *library = NULL;
  for (size_t i = 0; i < sizeof paths / sizeof *paths && library == NULL; i++) {
    library = dlopen(paths[i], RTLD_LAZY | RTLD_LOCAL);
  }
  if (library == NULL) return;
  // A name is sought in the library and in all that it needs, Cairo and GObject among them.
#define APUS_LOAD(result, name, parameters)            \
  functions.name = (result(*) parameters)dlsym(library, #name); \
  if (functions.name == NULL) return;
  APUS_PANGO_CAIRO_FUNCTIONS(APUS_LOAD)
#undef APUS_LOAD
  is_loaded = true;
}

const struct apus_pango_cairo *apus_pango_cairo(void) {
  pthread_once(&once, load);
  return is_loaded ? &functions : NULL;
}

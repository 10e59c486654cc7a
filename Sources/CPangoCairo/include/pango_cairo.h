#pragma once

// Pango with Cairo, loaded when a text is first set.
//
// With what they need they are more than 30 shared libraries; linked, every command would load them at its start.
// The declarations are those of pango/pangocairo.h, pango/pango.h, cairo.h and glib-object.h.

typedef struct _PangoFontMap PangoFontMap;
typedef struct _PangoContext PangoContext;
typedef struct _PangoLayout PangoLayout;
typedef struct _PangoFontDescription PangoFontDescription;
typedef struct _cairo cairo_t;
typedef struct _cairo_surface cairo_surface_t;

enum {
  APUS_PANGO_SCALE = 1024,           // PANGO_SCALE
  APUS_PANGO_WEIGHT_SEMIBOLD = 600,  // PANGO_WEIGHT_SEMIBOLD
  APUS_PANGO_ELLIPSIZE_END = 3,      // PANGO_ELLIPSIZE_END
  APUS_CAIRO_FORMAT_ARGB32 = 0,      // CAIRO_FORMAT_ARGB32
  APUS_CAIRO_STATUS_SUCCESS = 0,     // CAIRO_STATUS_SUCCESS
};

/// Every function that is used: F(result, name, parameters).
#define APUS_PANGO_CAIRO_FUNCTIONS(F)                                                               \
  F(void, g_object_unref, (void *object))                                                           \
  F(PangoFontMap *, pango_cairo_font_map_get_default, (void))                                       \
  F(void, pango_cairo_show_layout, (cairo_t * cairo, PangoLayout * layout))                         \
  F(PangoContext *, pango_font_map_create_context, (PangoFontMap * map))                            \
  F(PangoFontDescription *, pango_font_description_from_string, (const char *text))                 \
  F(void, pango_font_description_set_weight, (PangoFontDescription * font, int weight))             \
  F(void, pango_font_description_set_absolute_size, (PangoFontDescription * font, double size))     \
  F(void, pango_font_description_free, (PangoFontDescription * font))                               \
  F(PangoLayout *, pango_layout_new, (PangoContext * context))                                      \
  F(void, pango_layout_set_font_description,                                                        \
    (PangoLayout * layout, const PangoFontDescription *font))                                       \
  F(void, pango_layout_set_single_paragraph_mode, (PangoLayout * layout, int setting))              \
  F(void, pango_layout_set_ellipsize, (PangoLayout * layout, int mode))                             \
  F(void, pango_layout_set_width, (PangoLayout * layout, int width))                                \
  F(void, pango_layout_set_text, (PangoLayout * layout, const char *text, int length))              \
  F(void, pango_layout_get_pixel_size, (PangoLayout * layout, int *width, int *height))             \
  F(int, pango_layout_get_unknown_glyphs_count, (PangoLayout * layout))                             \
  F(cairo_surface_t *, cairo_image_surface_create, (int format, int width, int height))             \
  F(int, cairo_surface_status, (cairo_surface_t * surface))                                         \
  F(void, cairo_surface_flush, (cairo_surface_t * surface))                                         \
  F(void, cairo_surface_destroy, (cairo_surface_t * surface))                                       \
  F(unsigned char *, cairo_image_surface_get_data, (cairo_surface_t * surface))                     \
  F(int, cairo_image_surface_get_stride, (cairo_surface_t * surface))                               \
  F(cairo_t *, cairo_create, (cairo_surface_t * surface))                                           \
  F(void, cairo_set_source_rgb, (cairo_t * cairo, double red, double green, double blue))           \
  F(void, cairo_destroy, (cairo_t * cairo))

/// The functions by their names.
struct apus_pango_cairo {
#define APUS_FIELD(result, name, parameters) result(*name) parameters;
  APUS_PANGO_CAIRO_FUNCTIONS(APUS_FIELD)
#undef APUS_FIELD
};

/// The functions, loaded by the first call; null where the libraries are not installed.
const struct apus_pango_cairo *apus_pango_cairo(void);

#include <assert.h>
#include <string.h>

#include "apus_tile.h"

static int64_t panels_of(const apus_panel_layout *l) {
  return (l->outputs + l->columns - 1) / l->columns;
}

static int64_t panel_bytes(const apus_panel_layout *l) {
  if (l->depthwise) return l->segments * l->columns * apus_product_element(l->product);
  return l->segments * l->steps * l->columns * l->quads * 4;
}

int64_t apus_panel_bytes(const apus_panel_layout *l) { return panels_of(l) * panel_bytes(l); }

// Where element e of segment s and column j lies in a panel that is not depthwise, in bytes.
static int64_t place(const apus_panel_layout *l, int64_t s, int64_t e, int64_t j) {
  const int64_t byte = e * apus_product_element(l->product), quad = byte / 4;
  int64_t index = s * l->steps + quad / l->quads;
  index = index * (l->columns / l->lane) + j / l->lane;
  index = index * l->quads + quad % l->quads;
  index = index * l->lane + j % l->lane;
  return index * 4 + byte % 4;
}

void apus_pack_panels(const apus_panel_layout *l, const void *weights, void *panels) {
  const int64_t size = apus_product_element(l->product);
  assert(l->columns % l->lane == 0 && l->quads >= 1 && l->outputs >= 1 && l->segments >= 1);
  assert(l->depthwise ? l->length == 1 : l->steps * l->quads * 4 >= l->length * size);
  memset(panels, 0, (size_t)apus_panel_bytes(l));
  const uint8_t *from = weights;
  for (int64_t output = 0; output < l->outputs; output++) {
    uint8_t *panel = (uint8_t *)panels + output / l->columns * panel_bytes(l);
    const int64_t j = output % l->columns;
    for (int64_t s = 0; s < l->segments; s++) {
      for (int64_t e = 0; e < l->length; e++, from += size) {
        const int64_t to = l->depthwise ? (s * l->columns + j) * size : place(l, s, e, j);
        memcpy(panel + to, from, (size_t)size);
      }
    }
  }
}

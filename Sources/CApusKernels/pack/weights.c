#include <assert.h>

#include "apus_pack.h"

void apus_pack_weights_f32(
    const float *src, int64_t rows, int64_t channels, int64_t taps, int64_t mr, float *dst) {
  assert(src && dst && rows > 0 && channels > 0 && taps > 0 && mr > 0);
  for (int64_t panel = 0; panel * mr < rows; panel++) {
    for (int64_t tap = 0; tap < taps; tap++) {
      for (int64_t channel = 0; channel < channels; channel++) {
        for (int64_t i = 0; i < mr; i++) {
          const int64_t row = panel * mr + i;
          *dst++ = row < rows ? src[(row * channels + channel) * taps + tap] : 0;
        }
      }
    }
  }
}

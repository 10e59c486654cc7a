// The kernels of AMX tiles with the tiles in C, so that their loops and bounds are tested on any processor.
#define APUS_SOFTWARE_TILES
#include "../../Sources/CApusKernels/tile/amx.c"

// Package gpu finds what processes use of GPUs: from the fdinfo of descriptors of DRM devices
// (Documentation/gpu/drm-usage-stats.rst of the kernel), and from sources that report the same of
// other drivers.
package gpu

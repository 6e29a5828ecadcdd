/*
 * Is this built with the address sanitizer? Then memory is not kept for the next use, so that
 * it sees who looks at it after it was freed, and nothing is given up that it needs.
 */
#ifndef RPC_ASAN_H
#define RPC_ASAN_H

#if defined(__SANITIZE_ADDRESS__)
#define WITH_ASAN true
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define WITH_ASAN true
#endif
#endif
#ifndef WITH_ASAN
#define WITH_ASAN false
#endif

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* Threads and locks, where the platform has them. Nothing here allocates. */
#ifndef CR_BASE_THREAD_H
#define CR_BASE_THREAD_H

#if defined(__unix__) || defined(__APPLE__)
#include <pthread.h>
#define CR_HAVE_THREADS 1
typedef pthread_t cr_thread;
typedef pthread_mutex_t cr_lock;
#elif !defined(__STDC_NO_THREADS__)
#include <threads.h>
#define CR_HAVE_THREADS 1
typedef thrd_t cr_thread;
typedef mtx_t cr_lock;
#else
#define CR_HAVE_THREADS 0
typedef int cr_thread;
typedef int cr_lock;
#endif

typedef struct cr_task {
    void (*run)(void *user);
    void *user;
    cr_thread thread;
} cr_task;

/* 0 fine; 1 = no thread to be had: the caller does the work itself. The task must live until it is
 * joined. */
int cr_task_start(cr_task *task);
void cr_task_join(cr_task *task);

int cr_lock_init(cr_lock *lock); /* 0 fine */
void cr_lock_drop(cr_lock *lock);
void cr_lock_take(cr_lock *lock);
void cr_lock_give(cr_lock *lock);

#endif

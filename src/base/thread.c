/* SPDX-License-Identifier: Apache-2.0 */
/* Threads and locks: POSIX, else C11, else none. */
#include "base/thread.h"

#if defined(__unix__) || defined(__APPLE__)

static void *start(void *at)
{
    cr_task *task = at;
    task->run(task->user);
    return 0;
}

int cr_task_start(cr_task *task)
{
    return pthread_create(&task->thread, 0, start, task) != 0;
}

void cr_task_join(cr_task *task)
{
    pthread_join(task->thread, 0);
}

int cr_lock_init(cr_lock *lock)
{
    return pthread_mutex_init(lock, 0) != 0;
}

void cr_lock_drop(cr_lock *lock)
{
    pthread_mutex_destroy(lock);
}

void cr_lock_take(cr_lock *lock)
{
    pthread_mutex_lock(lock);
}

void cr_lock_give(cr_lock *lock)
{
    pthread_mutex_unlock(lock);
}

#elif CR_HAVE_THREADS

static int start(void *at)
{
    cr_task *task = at;
    task->run(task->user);
    return 0;
}

int cr_task_start(cr_task *task)
{
    return thrd_create(&task->thread, start, task) != thrd_success;
}

void cr_task_join(cr_task *task)
{
    thrd_join(task->thread, 0);
}

int cr_lock_init(cr_lock *lock)
{
    return mtx_init(lock, mtx_plain) != thrd_success;
}

void cr_lock_drop(cr_lock *lock)
{
    mtx_destroy(lock);
}

void cr_lock_take(cr_lock *lock)
{
    mtx_lock(lock);
}

void cr_lock_give(cr_lock *lock)
{
    mtx_unlock(lock);
}

#else

int cr_task_start(cr_task *task)
{
    (void)task;
    return 1;
}

void cr_task_join(cr_task *task)
{
    (void)task;
}

int cr_lock_init(cr_lock *lock)
{
    *lock = 0;
    return 0;
}

void cr_lock_drop(cr_lock *lock)
{
    (void)lock;
}

void cr_lock_take(cr_lock *lock)
{
    (void)lock;
}

void cr_lock_give(cr_lock *lock)
{
    (void)lock;
}

#endif

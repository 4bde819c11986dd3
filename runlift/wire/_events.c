/* The Python side of the kernel for event files: wire/_event_walk.h reads, this hands out what it found. */
#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include "_event_walk.h"

typedef struct {
    PyObject_HEAD
    Kernel kernel;
    int busy;
} Decoder;

static PyObject *array_of(const void *p, int64_t bytes) { return PyByteArray_FromStringAndSize(p, (Py_ssize_t)bytes); }

/* Points by tag, in file order within each: a stable counting sort into four columns of eight bytes a point. */
static void scatter(Kernel *d, char *columns[4], const int64_t *ids, int64_t n_ids) {
    int64_t at = 0;
    for (int64_t i = 0; i < n_ids; i++) {
        Tag *t = &d->tags.all[ids[i]];
        int64_t n = t->count;
        t->count = at;
        at += n;
    }
    for (const Point *p = d->points, *end = p + d->n_points; p < end; p++) {
        int64_t to = d->tags.all[p->tag].count++;
        ((int64_t *)columns[0])[to] = p->step;
        ((double *)columns[1])[to] = p->wall;
        ((double *)columns[2])[to] = p->value;
        ((int64_t *)columns[3])[to] = p->offset;
    }
    for (int64_t i = 0; i < n_ids; i++) d->tags.all[ids[i]].count = 0;
}

/* The tags of this window with how many points each has: two int64 columns. NULL when memory ran out. */
static PyObject *count_tags(Kernel *d, PyObject **counts) {
    int64_t n = 0, at = 0;
    for (int32_t i = 0; i < d->tags.n; i++) n += d->tags.all[i].count > 0;
    PyObject *ids = array_of(NULL, n * 8);
    if (!ids || !(*counts = array_of(NULL, n * 8))) {
        Py_XDECREF(ids);
        return NULL;
    }
    int64_t *id = (int64_t *)PyByteArray_AS_STRING(ids), *count = (int64_t *)PyByteArray_AS_STRING(*counts);
    for (int32_t i = 0; i < d->tags.n; i++)
        if (d->tags.all[i].count > 0) {
            id[at] = i;
            count[at++] = d->tags.all[i].count;
        }
    return ids;
}

static PyObject *columns_of(Kernel *d, const int64_t *ids, int64_t n_ids) {
    char *columns[4];
    PyObject *all = PyTuple_New(4);
    for (int i = 0; all && i < 4; i++) {
        PyObject *column = array_of(NULL, d->n_points * 8);
        if (!column) {
            Py_CLEAR(all);
            break;
        }
        PyTuple_SET_ITEM(all, i, column);
        columns[i] = PyByteArray_AS_STRING(column);
    }
    if (!all) return NULL;
    Py_BEGIN_ALLOW_THREADS;
    scatter(d, columns, ids, n_ids);
    Py_END_ALLOW_THREADS;
    return all;
}

static PyObject *new_tags(Kernel *d) {
    PyObject *list = PyList_New(d->tags.n - d->told);
    for (int32_t i = d->told; list && i < d->tags.n; i++) {
        PyObject *text = PyBytes_FromStringAndSize(d->tags.all[i].text, d->tags.all[i].size);
        if (!text) Py_CLEAR(list);
        else PyList_SET_ITEM(list, i - d->told, text);
    }
    if (list) d->told = d->tags.n;
    return list;
}

static PyObject *result_of(Kernel *d, int64_t done, int64_t need, int64_t unfinished) {
    PyObject *counts = NULL, *columns = NULL, *tags = NULL, *odd = NULL, *lost = NULL, *result = NULL;
    PyObject *ids = count_tags(d, &counts);
    if (ids && (columns = columns_of(d, (int64_t *)PyByteArray_AS_STRING(ids), PyByteArray_GET_SIZE(ids) / 8)) &&
        (tags = new_tags(d)) && (odd = array_of(d->odd, d->n_odd * (int64_t)sizeof(Odd))) &&
        (lost = array_of(d->lost, d->n_lost * 8)))
        result = Py_BuildValue("LLLOOOOOO(LLLLL)", (long long)done, (long long)need, (long long)unfinished, tags, ids,
                               counts, columns, odd, lost, (long long)d->records, (long long)d->used,
                               (long long)d->empty, (long long)d->rounded, (long long)d->bare);
    Py_XDECREF(ids);
    Py_XDECREF(counts);
    Py_XDECREF(columns);
    Py_XDECREF(tags);
    Py_XDECREF(odd);
    Py_XDECREF(lost);
    return result;
}

PyDoc_STRVAR(decode_doc,
             "decode(window, base, limit) -> (done, need, unfinished, new_tags, tag_ids, counts, (step, wall_time, value,\n"
             "offset), odd, lost, (records, used, empty, rounded, bare))\n\n"
             "Read whole records of `window`, whose first byte is at `base` of a source of `limit` bytes. See wire/events.py.");

static PyObject *decode(Decoder *self, PyObject *args) {
    Py_buffer window;
    long long base, limit;
    if (!PyArg_ParseTuple(args, "y*LL", &window, &base, &limit)) return NULL;
    if (self->busy || base < 0 || limit < base + window.len) {
        PyErr_SetString(PyExc_ValueError, self->busy ? "decoder is in use by another thread" : "window past the limit");
        PyBuffer_Release(&window);
        return NULL;
    }
    int64_t done, need, unfinished;
    self->busy = 1;
    Py_BEGIN_ALLOW_THREADS;
    done = kernel_read(&self->kernel, window.buf, window.len, base, limit, &need, &unfinished);
    Py_END_ALLOW_THREADS;
    PyBuffer_Release(&window);
    PyObject *result = done < 0 ? PyErr_NoMemory() : result_of(&self->kernel, done, need, unfinished);
    self->busy = 0;
    return result;
}

static PyObject *distrust(Decoder *self, PyObject *offset) {
    long long at = PyLong_AsLongLong(offset);
    if (at == -1 && PyErr_Occurred()) return NULL;
    self->kernel.distrusted = at;
    Py_RETURN_NONE;
}

static PyObject *decoder_new(PyTypeObject *type, PyObject *args, PyObject *kwargs) {
    (void)args;
    (void)kwargs;
    Decoder *self = (Decoder *)type->tp_alloc(type, 0); /* zeroed */
    if (self) kernel_start(&self->kernel);
    return (PyObject *)self;
}

static void decoder_dealloc(Decoder *self) {
    kernel_free(&self->kernel);
    Py_TYPE(self)->tp_free((PyObject *)self);
}

static PyMethodDef decoder_methods[] = {
    {"decode", (PyCFunction)decode, METH_VARARGS, decode_doc},
    {"distrust", (PyCFunction)distrust, METH_O, "distrust(offset): the header there is false; look on behind it."},
    {NULL, NULL, 0, NULL},
};

static PyTypeObject decoder_type = {
    PyVarObject_HEAD_INIT(NULL, 0).tp_name = "runlift.wire._events.Decoder",
    .tp_basicsize = sizeof(Decoder),
    .tp_dealloc = (destructor)decoder_dealloc,
    .tp_flags = Py_TPFLAGS_DEFAULT,
    .tp_doc = "Reads one event file, window by window.",
    .tp_methods = decoder_methods,
    .tp_new = decoder_new,
};

static PyObject *py_crc32c(PyObject *module, PyObject *args) {
    Py_buffer data;
    unsigned int start = 0;
    (void)module;
    if (!PyArg_ParseTuple(args, "y*|I", &data, &start)) return NULL;
    uint32_t crc;
    Py_BEGIN_ALLOW_THREADS;
    crc = crc32c(start, data.buf, (size_t)data.len);
    Py_END_ALLOW_THREADS;
    PyBuffer_Release(&data);
    return PyLong_FromUnsignedLong(crc);
}

static PyObject *py_use_tables(PyObject *module, PyObject *on) {
    (void)module;
    int tables = PyObject_IsTrue(on);
    if (tables < 0) return NULL;
    int hardware = crc_choose();
    if (tables) crc32c = crc_by_table;
    return PyBool_FromLong(hardware && !tables);
}

static PyMethodDef module_methods[] = {
    {"crc32c", py_crc32c, METH_VARARGS, "crc32c(data, start=0) -> the CRC-32C of what `start` is the CRC of and data."},
    {"use_tables", py_use_tables, METH_O, "use_tables(on) -> whether the processor's instruction is used now (for tests)."},
    {NULL, NULL, 0, NULL},
};

static struct PyModuleDef module_definition = {
    PyModuleDef_HEAD_INIT, "_events", "The compiled kernel for event files.", -1, module_methods, NULL, NULL, NULL, NULL,
};

PyMODINIT_FUNC PyInit__events(void) {
    crc_choose();
    PyObject *module = PyModule_Create(&module_definition);
    if (!module || PyType_Ready(&decoder_type) < 0) return NULL;
    Py_INCREF(&decoder_type);
    if (PyModule_AddObject(module, "Decoder", (PyObject *)&decoder_type) < 0) return NULL;
    return module;
}

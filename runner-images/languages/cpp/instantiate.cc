/* A g++ plugin, used when the headers are precompiled. The last line of a header is `#pragma runonce instantiate`.
 * The plugin then performs the template instantiations that g++ otherwise repeats at the end of each translation unit
 * that uses the header, which is most of the compile time. The program does not contain additional functions, because
 * g++ emits only those that are used. */
#include <gcc-plugin.h>
#include <tree.h>
#include <cp/cp-tree.h>
#include <c-family/c-pragma.h>

int plugin_is_GPL_compatible;

/* Virtual functions are used if the vtable of their class is used. Source: gcc/cp/decl2.cc, mark_vtable_entries. */
static void mark_virtual_functions (tree type)
{
  for (tree table = CLASSTYPE_VTABLES (type); table; table = DECL_CHAIN (table))
    {
      if (!DECL_INITIAL (table) || TREE_CODE (DECL_INITIAL (table)) != CONSTRUCTOR)
        continue;
      unsigned index;
      tree entry;
      FOR_EACH_CONSTRUCTOR_VALUE (CONSTRUCTOR_ELTS (DECL_INITIAL (table)), index, entry)
        {
          STRIP_NOPS (entry);
          if (TREE_CODE (entry) == ADDR_EXPR && !DECL_THUNK_P (TREE_OPERAND (entry, 0)))
            mark_used (TREE_OPERAND (entry, 0));
        }
    }
}

/* Sets the same state as at the end of a translation unit, because the linkage is decided there. Source:
 * gcc/cp/decl2.cc, c_parse_final_cleanups. */
static void instantiate (cpp_reader *)
{
  at_eof = 1;
  instantiate_pending_templates (0);
  for (unsigned i = 0; keyed_classes && i < keyed_classes->length (); i++)
    mark_virtual_functions ((*keyed_classes)[i]);
  instantiate_pending_templates (0);
  at_eof = 0;
}

static void add_pragma (void *, void *)
{
  c_register_pragma ("runonce", "instantiate", instantiate);
}

int plugin_init (plugin_name_args *args, plugin_gcc_version *)
{
  register_callback (args->base_name, PLUGIN_PRAGMAS, add_pragma, nullptr);
  return 0;
}

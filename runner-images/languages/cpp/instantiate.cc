/* A plugin for g++, used when the headers are precompiled: `#pragma runonce instantiate`, as a header's last line, instantiates the
 * templates that the header itself leaves to the end of the unit. g++ would do so again in every unit that takes the header, and that
 * is most of the time it needs: the program gets nothing of it that it doesn't use. */
#include <gcc-plugin.h>
#include <tree.h>
#include <cp/cp-tree.h>
#include <c-family/c-pragma.h>

int plugin_is_GPL_compatible;

/* Virtual functions count as used once their class's vtable is. gcc/cp/decl2.cc, mark_vtable_entries. */
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

/* As at the end of the unit, so that linkage is decided as there: gcc/cp/decl2.cc, c_parse_final_cleanups. */
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

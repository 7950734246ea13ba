using System;
using System.Linq;
using System.Reflection;
using FSharp.Compiler.SourceCodeServices;

/// <summary>The F# command-line compiler. It uses reflection because the compiler library has no public entry
/// point.</summary>
class FSharpC {
    const BindingFlags Any = BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic;
    static readonly Assembly Library = typeof(FSharpChecker).Assembly;

    static int Main(string[] arguments) {
        string directory = AppDomain.CurrentDomain.BaseDirectory;
        string[] references = { "mscorlib", "System", "System.Core", "System.Numerics", "System.Xml", "System.Xml.Linq", "Facades/netstandard" };
        var all = new[] { "fsharpc", "--nologo", "--noframework", "--simpleresolution", "--targetprofile:netstandard", "--debug-", "--optimize+" }
            .Concat(references.Select(name => "--reference:/usr/lib/mono/4.5/" + name + ".dll"))
            .Concat(new[] { "--reference:" + directory + "FSharp.Core.dll" })
            .Concat(arguments).ToArray();
        Call("Driver", "mainCompile",
            Activator.CreateInstance(Find("AbstractIL.Internal.Library+CompilationThreadToken"), true), all,
            Call("SimulatedMSBuildReferenceResolver", "getResolver"), true, Get("AbstractIL.ILBinaryReader+ReduceMemoryFlag", "No"),
            Get("CompileOps+CopyFSharpCoreFlag", "No"), Get("ErrorLogger", "QuitProcessExiter"),
            Activator.CreateInstance(Find("Driver+ConsoleLoggerProvider"), true), null, null);
        return 0;
    }

    static Type Find(string name) => Library.GetType("FSharp.Compiler." + name, true);
    static object Get(string type, string property) => Find(type).GetProperty(property, Any).GetValue(null);
    static object Call(string type, string method, params object[] arguments) => Find(type).GetMethod(method, Any).Invoke(null, arguments);
}

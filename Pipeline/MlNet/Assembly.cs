using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

[assembly: IgnoresAccessChecksTo("Microsoft.ML.Core")]
[assembly: IgnoresAccessChecksTo("Microsoft.ML.Data")]

namespace MlNetRnn;

/// <summary>What every assembly does that was compiled against ML.NET's internal members.</summary>
internal static class MlNetInternals
{
    // A method that uses a missing member fails when it is compiled, before its first line: a check in it would come too late.
    [ModuleInitializer]
    [SuppressMessage("Usage", "CA2255:The 'ModuleInitializer' attribute should not be used in libraries",
        Justification = "Nothing but a module's initializer runs before its methods are compiled.")]
    internal static void Check() => MlNetCompatibility.Verify();
}

namespace System.Runtime.CompilerServices;

/// <summary>Tells the runtime to let this assembly use the internal members of the named assembly. The runtime knows it by its
/// name.</summary>
[AttributeUsage(AttributeTargets.Assembly, AllowMultiple = true)]
internal sealed class IgnoresAccessChecksToAttribute(string assemblyName) : Attribute
{
    public string AssemblyName { get; } = assemblyName;
}

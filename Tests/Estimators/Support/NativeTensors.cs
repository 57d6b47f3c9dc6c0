namespace MlNetRnn.Tests;

/// <summary>What is counted of libtorch's tensors is of the whole process.</summary>
internal static class NativeTensors
{
    /// <summary>Lets go what tests before left to the finalizer, so that no count changes in the midst of another test.</summary>
    public static void Collect()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
    }
}

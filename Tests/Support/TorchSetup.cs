namespace MlNetRnn.Tests;

/// <summary>Makes libtorch ready before any test names a torch type; naming one here would run torch's own loading first.</summary>
[TestClass]
public static class TorchSetup
{
    [AssemblyInitialize]
    public static void LoadTorch(TestContext context) => LibTorchLoader.EnsureLoaded();
}

using System.Reflection;
using Microsoft.ML;
using Microsoft.ML.Runtime;

namespace MlNetRnn.Tests;

/// <summary>What ML.NET asks of components that it reads from a file, of which the compiler checks nothing.</summary>
[TestClass]
public sealed class LoadableComponentTests
{
    private static readonly Assembly[] s_assemblies = [typeof(SlidingWindowTransformer).Assembly, typeof(SequenceTransformer).Assembly, typeof(RecurrentEstimator).Assembly];

    public static IEnumerable<(Type Type, string Signature)> Components => s_assemblies
        .SelectMany(a => a.GetCustomAttributes<LoadableClassAttribute>())
        .SelectMany(a => a.LoadNames.Select(name => (a.LoaderType, name)));

    [TestMethod]
    public void Every_transformer_that_can_be_saved_can_be_loaded()
    {
        var saved = s_assemblies.SelectMany(a => a.GetTypes()).Where(t => t.IsAssignableTo(typeof(ITransformer)) && !t.IsAbstract);

        Assert.AreSequenceEqual(saved.Select(t => t.Name).Order(), Components.Select(c => c.Type.Name).Distinct().Order());
        Assert.IsGreaterThanOrEqualTo(2, Components.Count());
    }

    [TestMethod]
    [DynamicData(nameof(Components))]
    public void A_signature_fits_and_a_loader_has_the_form_that_mlnet_looks_for(Type type, string signature)
    {
        Assert.IsLessThanOrEqualTo(24, signature.Length);
        var create = type.GetMethod("Create", BindingFlags.Static | BindingFlags.NonPublic, [typeof(IHostEnvironment), typeof(ModelLoadContext)]);
        Assert.AreEqual(typeof(ITransformer), create?.ReturnType, "the exact type, or ML.NET does not find it");
        var version = type.GetMethods(BindingFlags.Static | BindingFlags.NonPublic).Single(m => m.ReturnType == typeof(VersionInfo));
        var info = (VersionInfo)version.Invoke(null, null)!;
        Assert.AreEqual(signature, info.LoaderSignature);
        Assert.AreEqual(type.Assembly.GetName().Name, info.LoaderAssemblyName, "without a version: models outlive releases");
    }
}

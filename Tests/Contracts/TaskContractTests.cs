using System.Reflection;
using Microsoft.ML;

namespace MlNetRnn.Tests.Contracts;

/// <summary>What every task must do, found by reflection.</summary>
[TestClass]
public sealed class TaskContractTests
{
    private static readonly MLContext Ml = new(1);

    // But for language models, whose label is their input: they have a test of their own.
    public static IEnumerable<object[]> Tasks() => typeof(SequenceTask).Assembly.GetTypes()
        .Where(t => t.IsSubclassOf(typeof(SequenceTask)) && !t.IsAbstract && t != typeof(LanguageTask))
        .Select(t => new object[] { t.Name });

    [TestMethod]
    public void There_are_tasks() => Assert.IsGreaterThanOrEqualTo(4, Tasks().Count());

    [TestMethod, DynamicData(nameof(Tasks))]
    public void Its_trainer_meets_what_ml_net_expects_of_a_component(string task)
    {
        var estimator = new RecurrentEstimator(Ml, Create(task), "Label", "Features", Networks.Tiny);

        ComponentContract.Check(Ml, estimator, ViewFor(Create(task)));
    }

    [TestMethod]
    public void Tasks_have_names_of_their_own()
    {
        string[] names = [.. Tasks().Select(t => Create((string)t[0]).Name).Distinct()];

        Assert.HasCount(Tasks().Count(), names);
    }

    private static SequenceTask Create(string name)
    {
        var type = typeof(SequenceTask).Assembly.GetTypes().Single(t => t.Name == name && t.IsSubclassOf(typeof(SequenceTask)));
        var constructor = type.GetConstructors(BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance).Single();
        return (SequenceTask)constructor.Invoke(
            [.. constructor.GetParameters().Select(p => p.ParameterType == typeof(string) ? "Output" : Activator.CreateInstance(p.ParameterType))]);
    }

    // The same sequences with a label that the task takes.
    private static IDataView ViewFor(SequenceTask task)
    {
        var numbers = Examples.Random(40).View(Ml);
        var flags = Ml.Transforms.Expression("Label", "x => x > 0", "Label").Fit(numbers).Transform(numbers);
        var keys = Ml.Transforms.Conversion.MapValueToKey("Label").Fit(flags).Transform(flags);
        IDataView[] views = [numbers, flags, keys];
        return views.First(view => Takes(task, view.Schema["Label"]));
    }

    private static bool Takes(SequenceTask task, DataViewSchema.Column label)
    {
        try
        {
            return task.LabelSize(label) > 0;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

}

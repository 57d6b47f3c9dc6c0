using MlNetRnn.Scenarios.Forecasting;

namespace MlNetRnn.Tests.Scenarios;

[TestClass]
public class TimeStepsTests
{
    private static readonly DateTime s_start = new(2023, 1, 2); // a Monday

    [TestMethod]
    public void Hours_go_on_by_hours()
    {
        var steps = TimeSteps.Of([s_start, s_start.AddHours(1), s_start.AddHours(2), s_start.AddHours(5)])!;

        CollectionAssert.AreEqual(new[] { s_start.AddHours(6), s_start.AddHours(7) }, steps.After(s_start.AddHours(5), 2));
        Assert.AreEqual(3, steps.Between(s_start.AddHours(2), s_start.AddHours(5)));
    }

    [TestMethod]
    public void Ends_of_months_stay_ends_of_months()
    {
        DateTime[] ends = [new(2023, 11, 30), new(2023, 12, 31), new(2024, 1, 31)];

        CollectionAssert.AreEqual(
            new DateTime[] { new(2024, 2, 29), new(2024, 3, 31), new(2024, 4, 30) }, TimeSteps.Of(ends)!.After(ends[^1], 3));
    }

    [TestMethod]
    public void Business_days_leave_out_weekends_and_have_no_gaps()
    {
        DateTime[] days = [.. Enumerable.Range(0, 12).Select(i => s_start.AddDays(i)).Where(d => d.DayOfWeek is not (DayOfWeek.Saturday or DayOfWeek.Sunday))];
        var steps = TimeSteps.Of(days)!;

        Assert.AreEqual(DayOfWeek.Friday, days[^1].DayOfWeek);
        Assert.AreEqual(days[^1].AddDays(3), steps.After(days[^1], 1)[0]);
        Assert.AreEqual(1, steps.Between(days[4], days[5])); // over a weekend
    }

    [TestMethod]
    public void A_single_time_tells_no_step() => Assert.IsNull(TimeSteps.Of([s_start]));

    [TestMethod]
    public void What_is_missing_before_an_origin_is_never_filled_from_behind()
    {
        float[] values = [float.NaN, 1, float.NaN, 3, float.NaN];

        CollectionAssert.AreEqual(new float[] { 0, 1, 1, 3, 3 }, Gaps.Carried(values));
        CollectionAssert.AreEqual(new float[] { 1, 1, 2, 3, 3 }, Gaps.Filled(values));
    }
}

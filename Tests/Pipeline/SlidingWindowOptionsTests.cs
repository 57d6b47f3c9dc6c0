using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetRnn.Tests;

[TestClass]
public class SlidingWindowOptionsTests
{
    private readonly MLContext _ml = new(seed: 1);

    private sealed class Day
    {
        public string Shop { get; set; } = "A";
        public DateTime Date { get; set; }
        public float Sales { get; set; }
        public double Price { get; set; }
        public bool Open { get; set; }
        public float Holiday { get; set; }
        public float Size { get; set; }
    }

    // Sales 0, 1, 2, … of shop A, 100, 101, … of B and so on, in the order of the letters.
    private static IEnumerable<Day> Days(string shops)
    {
        var next = new Dictionary<char, int>();
        foreach (var shop in shops)
        {
            var i = next[shop] = next.GetValueOrDefault(shop, -1) + 1;
            yield return new Day
            {
                Shop = $"{shop}",
                Date = new DateTime(2024, 1, 1).AddDays(i),
                Sales = (100 * (shop - 'A')) + i,
                Price = 0.5 * i,
                Holiday = i % 2,
                Size = shop,
            };
        }
    }

    private IDataView Data(string shops) => _ml.Data.LoadFromEnumerable(Days(shops));

    private static SlidingWindowOptions Options { get; } = new() { InputColumns = ["Sales"], WindowLength = 2 };

    private IDataView Windows(SlidingWindowOptions options, IDataView data)
        => _ml.Transforms.SlidingWindow(options).Fit(data).Transform(data);

    private static string[] Names(DataViewSchema.Column column)
    {
        var names = default(VBuffer<ReadOnlyMemory<char>>);
        column.GetSlotNames(ref names);
        return [.. names.DenseValues().Select(name => name.ToString())];
    }

    [TestMethod]
    [DataRow(SeriesGroups.Contiguous, WindowPadding.None, MissingValuePolicy.Keep)]
    [DataRow(SeriesGroups.Contiguous, WindowPadding.Start, MissingValuePolicy.LinearInterpolation)]
    [DataRow(SeriesGroups.Interleaved, WindowPadding.None, MissingValuePolicy.ForwardFill)]
    [DataRow(SeriesGroups.Interleaved, WindowPadding.Start, MissingValuePolicy.Mask)]
    public void Is_a_component_as_ML_NET_expects_it(SeriesGroups groups, WindowPadding padding, MissingValuePolicy missing)
        => ComponentContract.Check(_ml, _ml.Transforms.SlidingWindow(Options with
        {
            InputColumns = ["Sales", "Price"],
            TargetColumns = ["Price", "Sales"],
            FutureColumns = ["Holiday"],
            StaticColumns = ["Size"],
            TimeColumn = "Date",
            GroupColumn = "Shop",
            Horizon = 2,
            Stride = 2,
            Groups = groups,
            Padding = padding,
            MissingValues = missing,
        }), Data(groups == SeriesGroups.Contiguous ? "AAAAAAABCCCCCC" : "ABABACAAACDDADDCCC"));

    [TestMethod]
    public void Several_targets_make_a_label_of_steps_and_targets()
    {
        var data = Data("AAAAA");
        var inputs = Options with { InputColumns = ["Holiday", "Sales"] };
        var view = Windows(inputs with { TargetColumns = ["Price", "Sales", "Holiday"], Horizon = 2 }, data);
        var label = view.Schema["Label"];
        Assert.AreEqual(new VectorDataViewType(NumberDataViewType.Single, 2, 3), label.Type);
        Assert.AreSequenceEqual(["[1,2,0,1.5,3,1]", "[1.5,3,1,2,4,0]", "[2,4,0,NaN,NaN,NaN]", "[NaN,NaN,NaN,NaN,NaN,NaN]"],
            ViewText.Rows(view, "Label"));
        Assert.AreSequenceEqual(["Price[t+1]", "Sales[t+1]", "Holiday[t+1]", "Price[t+2]", "Sales[t+2]", "Holiday[t+2]"], Names(label));
        Assert.AreSequenceEqual([-1, 1, 0], WindowAnnotations.GetInts(label, "MlNetRnn.TargetFeatures")!);
        Assert.IsNull(WindowAnnotations.GetInt(label, "MlNetRnn.TargetFeature"));
        Assert.AreEqual(2, WindowAnnotations.GetInt(label, "MlNetRnn.Horizon"));
        var next = Windows(Options with { TargetColumns = ["Price", "Sales"] }, data).Schema["Label"];
        Assert.AreEqual(new VectorDataViewType(NumberDataViewType.Single, 1, 2), next.Type);
    }

    [TestMethod]
    public void One_target_is_labelled_as_by_the_simple_overload()
    {
        var data = Data("AAAAABBB");
        var simple = _ml.Transforms.SlidingWindow("Window", ["Sales", "Price"], 2, 3, "Label", "Price", "Shop", 2).Fit(data)
            .Transform(data);
        var options = Windows(Options with
        {
            InputColumns = ["Sales", "Price"],
            TargetColumns = ["Price"],
            GroupColumn = "Shop",
            Horizon = 3,
            Stride = 2,
        }, data);
        Assert.AreSequenceEqual(ViewText.Rows(simple), ViewText.Rows(options));
        Assert.AreSequenceEqual(ComponentContract.Describe(SchemaShape.Create(simple.Schema)),
            ComponentContract.Describe(SchemaShape.Create(options.Schema)));
        Assert.IsNull(WindowAnnotations.GetInts(options.Schema["Label"], "MlNetRnn.TargetFeatures"));
        Assert.AreEqual(1, WindowAnnotations.GetInt(options.Schema["Label"], "MlNetRnn.TargetFeature"));
        Assert.AreSequenceEqual(["Price[t+1]", "Price[t+2]", "Price[t+3]"], Names(options.Schema["Label"]));
    }

    [TestMethod]
    public void Future_static_and_time_are_carried_beside_the_window()
    {
        var view = Windows(Options with
        {
            FutureColumns = ["Holiday", "Price"],
            StaticColumns = ["Size"],
            TimeColumn = "Date",
            GroupColumn = "Shop",
            Horizon = 2,
        }, Data("AAABB"));
        Assert.AreEqual(new VectorDataViewType(NumberDataViewType.Single, 2, 2), view.Schema["Future"].Type);
        Assert.AreSequenceEqual(["Holiday[t+1]", "Price[t+1]", "Holiday[t+2]", "Price[t+2]"], Names(view.Schema["Future"]));
        Assert.AreEqual(new VectorDataViewType(NumberDataViewType.Single, 1), view.Schema["Static"].Type);
        Assert.AreSequenceEqual(["Size"], Names(view.Schema["Static"]));
        Assert.AreSequenceEqual(["[0,1] | [0,1,NaN,NaN] | [65] | 01/02/2024 00:00:00",
            "[1,2] | [NaN,NaN,NaN,NaN] | [65] | 01/03/2024 00:00:00",
            "[100,101] | [NaN,NaN,NaN,NaN] | [66] | 01/02/2024 00:00:00"], ViewText.Rows(view, "Window", "Future", "Static", "Date"));
        Assert.IsNull(view.Schema.GetColumnOrNull("WindowMask"));
    }

    [TestMethod]
    public void Padding_gives_every_row_a_window_and_a_mask()
    {
        var view = Windows(Options with { WindowLength = 3, Padding = WindowPadding.Start, GroupColumn = "Shop" }, Data("AAAAB"));
        Assert.AreSequenceEqual(["[NaN,NaN,0] | [0,0,1] | 1", "[NaN,0,1] | [0,1,1] | 2", "[0,1,2] | [1,1,1] | 3", "[1,2,3] | [1,1,1] | NaN",
            "[NaN,NaN,100] | [0,0,1] | NaN"], ViewText.Rows(view, "Window", "WindowMask", "Label"));
        Assert.AreEqual(1, WindowAnnotations.GetInt(view.Schema["Window"], "MlNetRnn.Padding"));
        Assert.AreSequenceEqual(["WindowMask[t-2]", "WindowMask[t-1]", "WindowMask[t]"], Names(view.Schema["WindowMask"]));
        var full = Windows(Options, Data("AAA"));
        Assert.IsNull(WindowAnnotations.GetInt(full.Schema["Window"], "MlNetRnn.Padding"));
        Assert.IsNull(full.Schema.GetColumnOrNull("WindowMask"));
    }

    [TestMethod]
    public void The_stride_of_padded_windows_meets_the_full_ones()
    {
        var options = Options with { WindowLength = 4, Stride = 3 };
        var full = ViewText.Rows(Windows(options, Data(new string('A', 12))), "Window", "Label");
        var padded = ViewText.Rows(Windows(options with { Padding = WindowPadding.Start }, Data(new string('A', 12))), "Window", "Label");
        Assert.AreSequenceEqual(["[NaN,NaN,NaN,0] | 1", .. full], padded);
    }

    [TestMethod]
    public void An_indicator_for_each_value_follows_the_values()
    {
        var rows = Days("AAA").ToArray();
        rows[0].Sales = rows[2].Sales = float.NaN;
        var view = Windows(Options with { InputColumns = ["Sales", "Price"], MissingValues = MissingValuePolicy.Mask },
            _ml.Data.LoadFromEnumerable(rows));
        Assert.AreSequenceEqual(["[0,0,0,1,1,0.5,1,1] | NaN", "[1,0.5,1,1,1,1,0,1] | NaN"], ViewText.Rows(view, "Window", "Label"));
        Assert.AreSequenceEqual(["Sales[t-1]", "Price[t-1]", "Sales.observed[t-1]", "Price.observed[t-1]", "Sales[t]", "Price[t]",
            "Sales.observed[t]", "Price.observed[t]"], Names(view.Schema["Window"]));
        Assert.AreEqual(new VectorDataViewType(NumberDataViewType.Single, 2, 4), view.Schema["Window"].Type);
    }

    [TestMethod]
    public void Interleaved_rows_come_when_their_label_is_complete_and_the_others_last()
    {
        var options = Options with { GroupColumn = "Shop", Groups = SeriesGroups.Interleaved, Horizon = 2 };
        var view = Windows(options, Data("ABABBABACB"));
        Assert.AreSequenceEqual(["[100,101] | [102,103] | B", "[0,1] | [2,3] | A", "[101,102] | [103,104] | B",
            "[1,2] | [3,NaN] | A", "[2,3] | [NaN,NaN] | A", "[102,103] | [104,NaN] | B", "[103,104] | [NaN,NaN] | B"],
            ViewText.Rows(view, "Window", "Label", "Shop"));
        Assert.AreEqual("Shop", WindowAnnotations.GetText(view.Schema["Window"], "MlNetRnn.InterleavedBy"));
    }

    [TestMethod]
    public void Interleaved_rows_stream_and_allocate_nothing()
    {
        Day[] shops = [.. Enumerable.Range(0, 10).Select(i => new Day { Shop = $"{(char)('A' + i)}", Sales = i })];
        var data = _ml.Data.LoadFromEnumerable(Endless(shops));
        var view = Windows(Options with
        {
            WindowLength = 20,
            Horizon = 5,
            GroupColumn = "Shop",
            Groups = SeriesGroups.Interleaved,
            FutureColumns = ["Holiday"],
            StaticColumns = ["Size"],
            MissingValues = MissingValuePolicy.LinearInterpolation,
        }, data);
        using var cursor = view.GetRowCursor(view.Schema);
        var read = Reader(cursor, "Window", "Label", "Future", "Static");
        var share = cursor.GetGetter<ReadOnlyMemory<char>>(view.Schema["Shop"]);
        var shop = default(ReadOnlyMemory<char>);
        void Read(int rows)
        {
            for (var i = 0; i < rows; i++)
            {
                Assert.IsTrue(cursor.MoveNext());
                read();
                share(ref shop);
            }
        }
        Read(2000);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Read(20_000);
        Assert.IsLessThan(20_000, GC.GetAllocatedBytesForCurrentThread() - before, "bytes for 20000 rows");
    }

    private static IEnumerable<Day> Endless(Day[] rows)
    {
        while (true)
            foreach (var row in rows)
                yield return row;
    }

    private static Action Reader(DataViewRow row, params string[] columns)
    {
        var getters = columns.Select(name => row.GetGetter<VBuffer<float>>(row.Schema[name])).ToArray();
        var buffers = new VBuffer<float>[columns.Length];
        return () =>
        {
            for (var i = 0; i < getters.Length; i++)
                getters[i](ref buffers[i]);
        };
    }

    [TestMethod]
    [DataRow(SeriesGroups.Contiguous)]
    [DataRow(SeriesGroups.Interleaved)]
    public void Rows_of_a_source_that_never_repeats_belong_together(SeriesGroups groups)
    {
        var reads = 0;
        var data = _ml.Data.LoadFromEnumerable(new Lazily<Day>(() =>
        {
            var add = 1000 * ++reads;
            return Days("AAAAAA").Select(day => new Day { Shop = day.Shop, Sales = day.Sales + add, Holiday = day.Sales + add });
        }));
        var view = Windows(Options with { GroupColumn = "Shop", Groups = groups, FutureColumns = ["Holiday"] }, data);
        for (var pass = 1; pass <= 2; pass++)
        {
            var start = 1000 * pass;
            Assert.AreEqual($"[{start},{start + 1}] | {start + 2} | [{start + 2}] | {start + 1}",
                ViewText.Rows(view, "Window", "Label", "Future", "Sales")[0]);
            Assert.AreEqual(pass, reads, "upstream was read more than once");
        }
    }

    [TestMethod]
    public void Numeric_groups_may_be_inputs_too()
    {
        var view = Windows(Options with { InputColumns = ["Sales", "Size"], GroupColumn = "Size" }, Data("AAB"));
        Assert.AreSequenceEqual(["[0,65,1,65]"], ViewText.Rows(view, "Window"));
    }

    [TestMethod]
    public void The_transformer_tells_its_options()
    {
        var options = Options with
        {
            TargetColumns = ["Price", "Sales"],
            FutureColumns = ["Holiday"],
            StaticColumns = ["Size"],
            TimeColumn = "Date",
            GroupColumn = "Shop",
            Horizon = 3,
            Stride = 2,
            Groups = SeriesGroups.Interleaved,
            Padding = WindowPadding.Start,
            MissingValues = MissingValuePolicy.Mask,
            TimeGaps = TimeGaps.NewSeries,
            LargestTimeStep = TimeSpan.FromDays(4),
            OutputColumn = "W",
            LabelColumn = "L",
            FutureColumn = "F",
            StaticColumn = "S",
            MaskColumn = "M",
        };
        var transformer = _ml.Transforms.SlidingWindow(options).Fit(Data("A"));
        Assert.AreEqual(Flat(options), Flat(transformer.Options));
        Assert.AreEqual("Price", transformer.TargetColumnName);
        var made = transformer.GetOutputSchema(Data("A").Schema).TakeLast(5);
        Assert.AreSequenceEqual(["W", "L", "F", "S", "M"], made.Select(column => column.Name));
    }

    internal static string Flat(SlidingWindowOptions options) => System.Text.Json.JsonSerializer.Serialize(options);
}

using System.Text;
using MlNetRnn.Scenarios;

namespace MlNetRnn.Tests.Scenarios;

[TestClass]
public sealed class AtomicFileTests
{
    [TestMethod]
    public void The_old_file_stays_when_the_writer_throws()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["model.zip"], "old");

        Assert.ThrowsExactly<InvalidCastException>(() => AtomicFile.Write(folder["model.zip"], stream =>
        {
            stream.Write("half"u8);
            throw new InvalidCastException();
        }));

        Assert.AreEqual("old", File.ReadAllText(folder["model.zip"]));
        Assert.AreSequenceEqual(["model.zip"], folder.Names);
    }

    [TestMethod]
    public void A_file_is_replaced_as_a_whole()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["a.txt"], "something longer");

        AtomicFile.Write(folder["a.txt"], stream =>
        {
            stream.Write("new"u8);
            Assert.AreEqual("something longer", File.ReadAllText(folder["a.txt"]));
        });

        Assert.AreEqual("new", File.ReadAllText(folder["a.txt"]));
        Assert.AreSequenceEqual(["a.txt"], folder.Names);
    }

    [TestMethod]
    public void A_writer_may_seek_and_close_the_stream()
    {
        using var folder = new TemporaryFolder();

        AtomicFile.Write(folder["a.txt"], stream =>
        {
            stream.Write("xyz"u8);
            stream.Position = 0;
            using var writer = new StreamWriter(stream, new UTF8Encoding(false));
            writer.Write("a");
        });

        Assert.AreEqual("ayz", File.ReadAllText(folder["a.txt"]));
    }

    [TestMethod]
    public void What_killed_writers_left_is_deleted_and_nothing_else()
    {
        using var folder = new TemporaryFolder();
        string remains = Temporary("model.zip");
        string[] others = [Temporary("model"), Temporary("other.zip"), remains[..^".tmp".Length], "model.zip.tmp", "model.zip.mine.tmp"];
        foreach (string name in others.Append(remains))
            WriteOld(folder[name]);

        AtomicFile.Write(folder["model.zip"], stream => stream.WriteByte(1));

        Assert.AreSequenceEqual(others.Append("model.zip").Order(StringComparer.Ordinal), folder.Names.Order(StringComparer.Ordinal));
    }

    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public void Writers_of_one_path_do_not_disturb_each_other(bool close)
    {
        using var folder = new TemporaryFolder();

        AtomicFile.Write(folder["a.txt"], outer =>
        {
            outer.Write("outer"u8);
            outer.Flush();
            if (close)
                outer.Dispose();
            foreach (string file in Directory.GetFiles(folder.Path))
                File.SetLastWriteTimeUtc(file, DateTime.UtcNow.AddDays(-1));
            AtomicFile.Write(folder["a.txt"], inner => inner.Write("inner"u8));
            Assert.AreEqual("inner", File.ReadAllText(folder["a.txt"]));
        });

        Assert.AreEqual("outer", File.ReadAllText(folder["a.txt"]));
        Assert.AreSequenceEqual(["a.txt"], folder.Names);
    }

    [TestMethod]
    public void A_file_that_cannot_be_written_is_named()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["file"], "");
        Directory.CreateDirectory(folder["taken"]);

        foreach (var path in new[] { folder["file/a.txt"], folder["taken"] })
        {
            var error = Assert.ThrowsExactly<IOException>(() => AtomicFile.Write(path, stream => stream.WriteByte(1)));
            StringAssert.Contains(error.Message, $"'{path}'");
        }

        Assert.AreSequenceEqual(["file", "taken"], folder.Names);
    }

    [TestMethod]
    public void An_output_folder_that_cannot_be_written_is_refused_at_once()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["file"], "");

        var error = Assert.ThrowsExactly<IOException>(() => new OutputFolder(folder["file/out"]));

        StringAssert.Contains(error.Message, folder["file/out"]);
        StringAssert.Contains(error.Message, "--out");
    }

    [TestMethod]
    public void An_output_folder_lists_what_was_written()
    {
        using var folder = new TemporaryFolder();
        var output = new OutputFolder(folder["a/b"]);
        Assert.IsEmpty(Directory.GetFileSystemEntries(folder["a/b"]));
        output.Write("one.txt", stream => stream.WriteByte(1));
        File.WriteAllText(output.File("two.txt"), "2");
        output.File("never.txt");
        var (console, text) = FakeConsole.Create(terminal: false);
        output.PrintWritten(console);

        Assert.AreSequenceEqual([folder["a/b/one.txt"], folder["a/b/two.txt"]], output.Written);
        Assert.AreSequenceEqual(["Wrote:", $"  {folder["a/b/one.txt"]}", $"  {folder["a/b/two.txt"]}"], text.TextLines.Select(l => l.TrimEnd()));
    }

    [TestMethod]
    public void A_folder_in_the_place_of_a_file_is_refused_before_training()
    {
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder["model.zip"]);

        Assert.ThrowsExactly<IOException>(() => new OutputFolder(folder.Path).File("model.zip"));
    }

    private static string Temporary(string name) => $"{name}.{Guid.NewGuid():N}.tmp";

    private static void WriteOld(string path)
    {
        File.WriteAllText(path, "half");
        File.SetLastWriteTimeUtc(path, DateTime.UtcNow.AddDays(-1));
    }
}

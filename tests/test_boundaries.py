"""The house's conventions, checked. Each check is a function from source to what is wrong with it, and has a test that
plants a violation and sees it caught: a convention nobody can break unnoticed needs no reviewer."""

import ast
import inspect
import re
from collections.abc import Callable, Iterable, Iterator
from urllib.parse import urlsplit

import pytest
from django.core.management import call_command
from django.urls import URLPattern, reverse

from comments.models import Comment
from moderation import desk as desk_views
from moderation import urls as desk_urls
from moderation.access import moderator_required
from moderation.receipts import receipt
from tests.factories import make_comment
from tests.sources import imported, last_name, python_files, repository_files, template_files, wrong


def test_the_files_that_are_checked_are_there():
    product = python_files()
    assert {"manage.py", "newsroom/settings.py", "articles/publishing.py", "moderation/desk.py"} <= set(product)
    assert not [path for path in product if path.startswith(("tests/", ".venv/"))]
    assert {"templates/base.html", "templates/articles/story.html"} <= set(template_files())
    assert {"tests/test_boundaries.py", "uv.lock", "Makefile"} <= set(repository_files())


# Imports go down only -------------------------------------------------------------------------------------------------
APPS = ("moderation", "comments", "articles")
# What each room may import of the house; newsroom itself stands at the bottom.
BELOW = {
    "moderation": {"moderation", "comments", "articles", "newsroom"},
    "comments": {"comments", "articles", "newsroom"},
    "articles": {"articles", "newsroom"},
    "newsroom": {"newsroom"},
}
KNOWS_EVERYBODY = (
    "newsroom/urls.py",
    "newsroom/wsgi.py",
    "newsroom/admin.py",
    "newsroom/management/",
    "newsroom/demo/",
)


def upward_imports(path: str, source: str) -> Iterator[str]:
    room = path.split("/")[0]
    if room not in BELOW or path.startswith(KNOWS_EVERYBODY):
        return
    for name in imported(path, source):
        top = name.split(".")[0]
        if top in BELOW and top not in BELOW[room]:
            yield f"imports {name}"
        if name.replace(".", "/").startswith(tuple(known.removesuffix(".py") for known in KNOWS_EVERYBODY)):
            yield f"imports {name}, which knows everybody"


def test_imports_go_down_only():
    assert wrong(upward_imports, python_files()) == []


@pytest.mark.parametrize(
    ("path", "source", "found"),
    [
        ("articles/views.py", "from comments.models import Comment", True),
        ("articles/views.py", "def page():\n    from comments import policy", True),
        ("articles/views.py", "import moderation.decisions", True),
        ("articles/models/tag.py", "from ...comments import policy", True),
        ("articles/views.py", "if True:\n    importlib.import_module('comments.posting')", True),
        ("comments/views.py", "from moderation.decisions import decide", True),
        ("newsroom/html.py", "from articles.models import Article", True),
        ("newsroom/models.py", "def verbs():\n    import articles", True),
        ("articles/views.py", "from newsroom.demo import build", True),
        ("comments/views.py", "from newsroom import urls", True),
        ("moderation/desk.py", "from comments.models import Comment\nfrom articles import paging", False),
        ("newsroom/urls.py", "from moderation.views import receipt", False),
        ("newsroom/management/commands/demo.py", "from moderation import decisions", False),
        ("articles/models/tag.py", "from . import article", False),
    ],
)
def test_an_import_upward_is_caught_wherever_it_hides(path, source, found):
    assert bool(wrong(upward_imports, {path: source})) is found


# The keys of old rows must be the keys of new ones, or neither finds the other.
SAME_KEYS = {
    ("comments/migrations/0007_fingerprint_what_is_there.py", "newsroom.folding.fold"),
    ("comments/migrations/0007_fingerprint_what_is_there.py", "newsroom.keys.keyed_hash"),
}


def test_migrations_import_no_app_code():
    """A migration must run the same when the app has changed: only what no later release touches is imported."""

    def app_code(path: str, source: str) -> Iterator[str]:
        if "/migrations/" in path:
            own = path.rsplit("/", 1)[0].replace("/", ".")
            names = [name for name in imported(path, source) if name.split(".")[0] in BELOW]
            yield from (name for name in names if not name.startswith(own) and (path, name) not in SAME_KEYS)

    assert wrong(app_code, python_files()) == []
    planted = {"comments/migrations/0009_x.py": "from comments.models import Comment"}
    assert wrong(app_code, planted) == ["comments/migrations/0009_x.py: comments.models.Comment"]


# A status is written in one place -------------------------------------------------------------------------------------
STATUS_WRITERS = {
    "articles/publishing.py",  # a story's
    "comments/models/comment.py",  # a comment's
    "newsroom/demo/populate.py",  # bulk rows with a valid chain: the one exception DESIGN names
    "bench/ledger.py",  # tampers on purpose, to see it noticed
}
_MAKERS = {"Article", "Comment", "create", "get_or_create", "update_or_create", "acreate"}


def status_writes(path: str, source: str) -> Iterator[str]:
    """Every way to write ``status``: assignment, setattr, update, bulk_update, a row born with one, and raw SQL."""
    if path in STATUS_WRITERS or "/migrations/" in path:
        return
    for node in ast.walk(ast.parse(source)):
        if _writes_status(node):
            yield f"line {node.lineno} writes a status"


def _writes_status(node: ast.AST) -> bool:
    if isinstance(node, (ast.Assign, ast.AugAssign, ast.AnnAssign, ast.For, ast.NamedExpr)):
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        return any(
            isinstance(part, ast.Attribute) and part.attr == "status" for whole in targets for part in ast.walk(whole)
        )
    if isinstance(node, ast.Call):
        return _call_writes_status(node)
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return bool(re.search(r"\bupdate\b.*\bset\b[^;]*\bstatus\"?\s*=", node.value, re.I | re.S))
    return False


def _call_writes_status(call: ast.Call) -> bool:
    name = last_name(call.func)
    named = {keyword.arg for keyword in call.keywords} | {
        key.value for node in ast.walk(call) if isinstance(node, ast.Dict) for key in node.keys if _is_text(key)
    }
    texts = {node.value for node in ast.walk(call) if _is_text(node)}
    if name in ("setattr", "__setattr__"):
        return "status" in texts
    if name in ("bulk_update", "abulk_update"):
        return "status" in texts
    return name in ({"update", "aupdate"} | _MAKERS) and "status" in named


def _is_text(node: ast.AST | None) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def test_a_status_is_written_by_its_verb_only():
    assert wrong(status_writes, python_files()) == []


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("article.status = 'published'", True),
        ("a.x, article.status = 1, 'published'", True),
        ("article.status: str = 'published'", True),
        ("Article.objects.filter(pk=1).update(status=Status.PUBLISHED)", True),
        ("Comment.objects.update(**{'status': 'approved'})", True),
        ("setattr(article, 'status', 'published')", True),
        ("Comment.objects.bulk_update(rows, ['status'])", True),
        ("Article.objects.create(status='published')", True),
        ("Article(language='en', status='published')", True),
        ("Article.objects.get_or_create(pk=1, defaults={'status': 'published'})", True),
        ("cursor.execute('UPDATE comments_comment SET version = 1, status = %s', ['approved'])", True),
        ("article._state.adding = False", False),
        ("status = models.CharField(max_length=10)", False),
        ("render(request, 'page.html', status=404)", False),
        ("Comment.objects.filter(status='approved').update(version=1)", False),
        ("if article.status == 'draft': pass", False),
    ],
)
def test_a_status_written_elsewhere_is_caught(source, found):
    assert bool(wrong(status_writes, {"moderation/desk.py": source})) is found
    assert wrong(status_writes, {"articles/publishing.py": source}) == []


# The desk is guarded --------------------------------------------------------------------------------------------------
def is_guarded(view: Callable) -> bool:
    """Whether ``moderator_required`` is among the wrappers of ``view``: its inner function's very code is."""
    guard_code = [part for part in desk_views.moderator_required.__code__.co_consts if inspect.iscode(part)]
    while view is not None:
        if getattr(view, "__code__", None) in guard_code:
            return True
        view = getattr(view, "__wrapped__", None)
    return False


def test_every_view_of_the_desk_asks_for_a_moderator():
    assert [pattern for pattern in desk_urls.urlpatterns if not isinstance(pattern, URLPattern)] == []
    assert [pattern.name for pattern in desk_urls.urlpatterns if not is_guarded(pattern.callback)] == []


def test_a_view_without_the_guard_is_caught():
    assert not is_guarded(inspect.unwrap(desk_views.queue))
    assert not is_guarded(receipt)  # the reader's own page, served outside the desk's addresses
    assert is_guarded(moderator_required(receipt))


@pytest.mark.parametrize("name", ["queue", "card", "approve", "reject"])
def test_the_desk_opens_for_moderators_only(
    name, story, as_, reader, stranger, reporter, editor, admin_person, superuser, moderator, lead
):
    comment = make_comment(story)
    address = reverse(f"moderation:{name}", args=[] if name == "queue" else [comment.pk])
    assert reader.get(address)["Location"] == f"/admin/login/?next={address}"
    assert reader.post(address)["Location"] == f"/admin/login/?next={address}"
    for outsider in (stranger, reporter, editor, admin_person, superuser):
        assert [as_(outsider).get(address).status_code, as_(outsider).post(address).status_code] == [403, 403]
    for insider in (moderator, lead):
        assert as_(insider).get(address).status_code == (405 if name in ("approve", "reject") else 200)
    assert Comment.objects.get().status == "pending"


FOR_LEADS = {"agreement", "statistics", "statistics_csv", "blocks", "lift_block", "block_sender"}


@pytest.mark.parametrize("name", [pattern.name for pattern in desk_urls.urlpatterns])
def test_every_address_of_the_desk_is_guarded(
    name, story, as_, reader, stranger, editor, admin_person, superuser, moderator
):
    comment = make_comment(story)
    pattern = next(pattern for pattern in desk_urls.urlpatterns if pattern.name == name)
    converters = pattern.pattern.converters
    arguments = {argument: comment.pk if argument == "pk" else "waiting" for argument in converters}
    address = reverse(f"moderation:{name}", kwargs=arguments)
    outsiders = [stranger, editor, admin_person, superuser]
    for method in ("get", "post"):
        assert getattr(reader, method)(address)["Location"] == f"/admin/login/?next={address}"
        assert [getattr(as_(person), method)(address).status_code for person in outsiders] == [403] * len(outsiders)
        assert name not in FOR_LEADS or getattr(as_(moderator), method)(address).status_code in (403, 405)
    assert Comment.objects.get().status == "pending"


# Migrations -----------------------------------------------------------------------------------------------------------
@pytest.mark.django_db
def test_the_models_have_their_migrations(capsys):
    call_command("makemigrations", check=True, dry_run=True)
    assert capsys.readouterr().out == "No changes detected\n"


@pytest.mark.django_db
def test_a_model_changed_without_a_migration_is_caught(monkeypatch):
    monkeypatch.setattr(Comment._meta.get_field("display_name"), "max_length", 79)
    with pytest.raises(SystemExit):
        call_command("makemigrations", check=True, dry_run=True, verbosity=0)


# One module each ------------------------------------------------------------------------------------------------------
READS_ENVIRONMENT = "newsroom/settings.py"
NAMES_SETTINGS = ("manage.py", "newsroom/wsgi.py")
_ENVIRONMENT = {"environ", "environb", "getenv", "getenvb", "putenv", "dotenv", "decouple"}


def environment_reads(path: str, source: str) -> Iterator[str]:
    """Uses of the environment but the one that names the settings module, where that is due."""
    if path == READS_ENVIRONMENT or path.startswith("bench/"):  # measuring programs start servers of their own
        return
    tree = ast.parse(source)
    excepted = {
        call.func.value
        for call in ast.walk(tree)
        if path in NAMES_SETTINGS
        and isinstance(call, ast.Call)
        and ast.unparse(call) == "os.environ.setdefault('DJANGO_SETTINGS_MODULE', 'newsroom.settings')"
    }
    for node in ast.walk(tree):
        names = {getattr(node, "id", None), getattr(node, "attr", None)}
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            names = {part for name in imported(path, ast.unparse(node)) for part in name.split(".")}
        if names & _ENVIRONMENT and node not in excepted:
            yield f"line {node.lineno} reads the environment"


def test_settings_are_the_only_reader_of_the_environment():
    assert wrong(environment_reads, python_files()) == []


@pytest.mark.parametrize(
    ("path", "source", "found"),
    [
        ("comments/views.py", "import os\nos.environ['DEBUG']", True),
        ("comments/views.py", "from os import environ", True),
        ("comments/views.py", "import os\nos.getenv('DEBUG')", True),
        ("comments/views.py", "import environ", True),
        ("comments/views.py", "os.environ.setdefault('DJANGO_SETTINGS_MODULE', 'newsroom.settings')", True),
        ("manage.py", "os.environ.setdefault('DEBUG', '1')", True),
        ("manage.py", "os.environ.setdefault('DJANGO_SETTINGS_MODULE', 'newsroom.settings')", False),
        ("newsroom/settings.py", "import environ", False),
    ],
)
def test_an_environment_read_elsewhere_is_caught(path, source, found):
    assert bool(wrong(environment_reads, {path: source})) is found


# What leaves this machine ---------------------------------------------------------------------------------------------
# Put together here, so that this file does not name what it forbids.
SHARED = b"../" + b"shared"
NAMES_SHARED = {"Makefile", ".ci/run"}
MACHINE_PATHS = [f"/{folder}/".encode() for folder in ("work", "root", "farm")]
PUBLIC_HOSTS = {"pypi.org", "files.pythonhosted.org"}


def names_shared(files: dict[str, bytes]) -> list[str]:
    return [path for path, content in files.items() if SHARED in content and path not in NAMES_SHARED]


def machine_paths(files: dict[str, bytes]) -> list[str]:
    return [
        f"{path}: {found.decode()}" for path, content in files.items() for found in MACHINE_PATHS if found in content
    ]


def foreign_hosts(files: dict[str, bytes]) -> list[str]:
    """The hosts but PyPI's that the lock file and the lists of requirements name."""
    locks = {path: content for path, content in files.items() if re.fullmatch(r"uv\.lock|requirements.*\.txt", path)}
    found = []
    for path, content in locks.items():
        addresses = re.findall(r"[a-z+]+://[^\s\"'<>,}]+", content.decode())
        found += [f"{path}: {host}" for host in {urlsplit(a).hostname for a in addresses} - PUBLIC_HOSTS]
    return found


def test_nothing_but_make_and_ci_names_the_folder_beside_the_house():
    assert names_shared(repository_files()) == []
    assert names_shared({"tests/x.py": b"open('" + SHARED + b"/material')"}) == ["tests/x.py"]


def test_no_file_holds_a_path_of_this_machine():
    assert machine_paths(repository_files()) == []
    assert machine_paths({"docs/x.md": b"see " + MACHINE_PATHS[0] + b"main"}) == [f"docs/x.md: {'/'}work/"]


def test_packages_come_from_the_public_index():
    assert foreign_hosts(repository_files()) == []
    planted = {"uv.lock": b'registry = "http://mirror.internal:8080/simple"', "README.md": b"https://example.org"}
    assert foreign_hosts(planted) == ["uv.lock: mirror.internal"]
    assert foreign_hosts({"requirements.txt": b"--index-url https://other.example/simple"})


# Names and lengths ----------------------------------------------------------------------------------------------------
VAGUE = {"services", "service", "utils", "util", "helpers", "helper", "common", "misc"}
LONGEST_FUNCTION = 45  # lines


def vague_names(paths: Iterable[str]) -> list[str]:
    return [path for path in paths if VAGUE & set(path.removesuffix(".py").split("/"))]


def long_functions(_path: str, source: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            lines = node.end_lineno - node.lineno + 1
            if lines > LONGEST_FUNCTION:
                yield f"{node.name} has {lines} lines"


def test_modules_are_named_for_what_they_do():
    assert vague_names(python_files(tests=True)) == []
    assert vague_names(["articles/utils.py", "comments/services/posting.py", "articles/tags.py"]) == [
        "articles/utils.py",
        "comments/services/posting.py",
    ]


def test_functions_are_read_without_scrolling():
    assert wrong(long_functions, python_files()) == []
    planted = {"x.py": "def story():\n" + "    pass\n" * 45, "y.py": "def story():\n" + "    pass\n" * 44}
    assert wrong(long_functions, planted) == ["x.py: story has 46 lines"]
